package dev.weir.core.pg;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What a client sends from its login to its end, made up at random but by the rules: it only uses statements that it has,
 * and never prepares a name twice. Everything is pipelined; only behind an error it waits, because what names mean from
 * then on hangs on the answer.
 */
final class ClientScript {
  private static final Set<Integer> MAY_FAIL = Set.of(5, 7, 8, 11, 12);

  private final Random random;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Set<String> names = new HashSet<>();
  private final List<Integer> waits = new ArrayList<>();
  private final boolean named;
  private final int client;
  private int made;
  private boolean inTransaction;

  private ClientScript(Random random, int client, boolean named) {
    this.random = random;
    this.client = client;
    this.named = named;
  }

  /** @param named whether named statements are used: only where they are kept apart for the client */
  static Script of(Random random, int client, boolean named, int steps) {
    ClientScript script = new ClientScript(random, client, named);
    for (int i = 0; i < steps; i++) {
      script.step();
    }
    script.add('S'); // the last step may have left that out
    if (script.inTransaction) {
      script.query("commit");
    }
    return new Script(script.out.toByteArray(), script.waits);
  }

  /**
   * @param waits offsets into {@code bytes} at which the client sends no more before all is answered
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Script(byte[] bytes, List<Integer> waits) {}

  private void add(char tag, byte[]... parts) {
    out.writeBytes(PocketPostgres.message(tag, parts));
  }

  private void query(String sql) {
    add('Q', PocketPostgres.text(sql));
  }

  private void step() {
    int kind = random.nextInt(named ? 18 : 14);
    switch (kind) {
      case 0, 1 -> query("rows " + random.nextInt(5) + " " + size());
      case 2 -> query("");
      case 3 -> query("set application_name='c" + client + "-" + random.nextInt(3)
          + "';show application_name");
      case 4 -> query("show application_name;show TimeZone");
      case 5 ->
        query("set TimeZone='" + (random.nextInt(5) == 0 ? "bad" : "zone" + random.nextInt(3))
            + "'");
      case 6 -> {
        query(inTransaction ? "commit" : "begin");
        inTransaction = !inTransaction;
      }
      case 7 -> query(random.nextBoolean() ? "notice;rows 1 3;notice" : "rows 2 2;fail;rows 1 1");
      case 8 -> {
        query("copyin " + random.nextInt(4));
        copyData(random.nextBoolean());
      }
      case 9 -> query("copyout " + random.nextInt(4) + " " + size());
      case 10 -> add('F', PocketPostgres.int32(1), PocketPostgres.int16(0), PocketPostgres.int16(0),
          PocketPostgres.int16(0));
      case 11 -> unnamed(random.nextInt(4) == 0 ? "fail" : "rows 3 " + size());
      case 12 -> copyExtended();
      case 13 -> query("listen");
      case 14 -> {
        discard(random.nextBoolean() ? "discard all" : "deallocate all");
        names.clear();
        if (random.nextBoolean()) {
          made = 0; // the names are free again
        }
      }
      default -> pipeline();
    }
    if (inTransaction && MAY_FAIL.contains(kind)) {
      query("commit"); // in a failed transaction nothing else would work
      inTransaction = false;
    }
  }

  private int size() {
    return switch (random.nextInt(10)) {
      case 0 -> 200_000;
      case 1, 2 -> 5_000;
      default -> random.nextInt(40);
    };
  }

  private void copyData(boolean done) {
    int rows = random.nextInt(4);
    for (int i = 0; i < rows; i++) {
      add('d', new byte[random.nextInt(5) == 0 ? 100_000 : random.nextInt(20)]);
    }
    if (done) {
      add('c');
    } else {
      add('f', PocketPostgres.text("client gave up"));
    }
  }

  /** As libpq does it: the Sync behind Execute is read, and ignored, inside the COPY. */
  private void copyExtended() {
    parse("", random.nextInt(5) == 0 ? "fail" : "copyin " + random.nextInt(4));
    bind("", "");
    if (random.nextBoolean()) {
      add('D', new byte[]{'P'}, PocketPostgres.text(""));
    }
    execute(0);
    add('S');
    copyData(random.nextBoolean());
    add('S');
  }

  private void unnamed(String sql) {
    parse("", sql);
    add('D', new byte[]{'S'}, PocketPostgres.text(""));
    bind("", "");
    add('D', new byte[]{'P'}, PocketPostgres.text(""));
    execute(random.nextInt(3));
    if (random.nextBoolean()) {
      add('H');
    }
    execute(0);
    if (random.nextBoolean()) {
      add('C', new byte[]{'P'}, PocketPostgres.text(""));
    }
    add('S');
  }

  /** Throws all statements away, in one of the two protocols, and perhaps in a pipeline that goes on. */
  private void discard(String sql) {
    if (random.nextBoolean()) {
      query(sql);
      return;
    }
    parse("", sql);
    bind("", "");
    execute(0);
    if (random.nextBoolean()) {
      add('S');
    }
  }

  private void parse(String name, String sql) {
    add('P', PocketPostgres.text(name), PocketPostgres.text(sql), PocketPostgres.int16(1),
        PocketPostgres.int32(25));
  }

  private void bind(String portal, String name) {
    byte[] value = new byte[random.nextInt(6) == 0 ? 70_000 : random.nextInt(10)];
    add('B', PocketPostgres.text(portal), PocketPostgres.text(name), PocketPostgres.int16(0),
        PocketPostgres.int16(1), PocketPostgres.int32(value.length), value,
        PocketPostgres.int16(0));
  }

  private void execute(int maxRows) {
    add('E', PocketPostgres.text(""), PocketPostgres.int32(maxRows));
  }

  /** Named statements; perhaps one fails, and what stands behind it up to the Sync never happens. */
  private void pipeline() {
    Set<String> now = new HashSet<>(names);
    boolean failed = false;
    int length = 1 + random.nextInt(6);
    for (int i = 0; i < length; i++) {
      Set<String> then = new HashSet<>(now);
      List<String> known = new ArrayList<>(now);
      known.sort(null);
      switch (known.isEmpty() ? 0 : random.nextInt(6)) {
        case 0 -> {
          String name = (random.nextInt(10) == 0 ? "n".repeat(3_000) : "s") + made++;
          // Few texts, so that clients share statements.
          boolean fails = random.nextInt(8) == 0;
          parse(name, fails ? "fail " + random.nextInt(2) : "rows 2 " + random.nextInt(8));
          then.add(name);
          failed = settle(now, then, failed, fails);
        }
        case 1 -> {
          String name = known.get(random.nextInt(known.size()));
          add('C', new byte[]{'S'}, PocketPostgres.text(name));
          then.remove(name);
          failed = settle(now, then, failed, false);
          if (failed) {
            i = length; // PostgreSQL still has the name, we give it no other meaning in this pipeline
          }
        }
        case 2 -> add('D', new byte[]{'S'},
            PocketPostgres.text(known.get(random.nextInt(known.size()))));
        case 3 -> {
          unnamedFailure();
          failed = true;
        }
        default -> {
          bind("", known.get(random.nextInt(known.size())));
          execute(0);
        }
      }
      if (failed) {
        // What follows is skipped, but the client has to know what it names.
        break;
      }
    }
    if (failed) {
      skipped(now);
    }
    names.clear();
    names.addAll(now);
    add('S');
    if (inTransaction && failed) {
      query("commit");
      inTransaction = false;
    }
    if (failed) {
      waits.add(out.size());
    }
  }

  /** Requests behind an error, before the Sync: a new statement, uses of it, the end of an old one. */
  private void skipped(Set<String> known) {
    if (random.nextBoolean()) {
      String name = "skipped" + made++;
      parse(name, "rows 2 " + random.nextInt(8));
      bind("", name);
      execute(0);
    }
    if (random.nextBoolean() && !known.isEmpty()) {
      String name = known.stream().sorted().findFirst().orElseThrow();
      add('C', new byte[]{'S'}, PocketPostgres.text(name));
    }
  }

  private void unnamedFailure() {
    parse("", "bindfail");
    bind("", "");
    execute(0);
  }

  private static boolean settle(Set<String> now, Set<String> then, boolean failed, boolean fails) {
    if (!failed && !fails) {
      now.clear();
      now.addAll(then);
    }
    return failed || fails;
  }
}
