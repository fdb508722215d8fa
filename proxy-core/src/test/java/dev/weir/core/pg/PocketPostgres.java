package dev.weir.core.pg;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server that fits into a pocket: takes the bytes of one connection after its login and gives the bytes it answers,
 * by the rules of the protocol's chapter "Message Flow". Its language has the words the relay has to be careful with:
 * {@code begin, commit, set NAME='VALUE', show NAME, rows N SIZE, copyin FAILAT, copyout N SIZE, fail, notice, listen,
 * discard all, deallocate all}, the question of what has become of a session, and the empty query. Statements stand between semicolons. Written after the
 * specification, with no code of ours.
 */
final class PocketPostgres {
  private static final Map<String, String> USUAL = new java.util.TreeMap<>(
      Map.of("application_name", "", "TimeZone", "UTC", "DateStyle", "ISO, MDY"));

  private final Map<String, String> statements = new HashMap<>();
  private final Map<String, String> portals = new HashMap<>();
  private final Map<String, Integer> given = new HashMap<>();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private byte[] in = {};
  private char tx = 'I';
  private boolean skipping;
  private boolean copying;
  private boolean copyInQuery;
  private int copyRows;
  private int copyFailsAt;
  private String afterCopy = "";
  boolean terminated;

  PocketPostgres() {
    settings.putAll(USUAL);
  }

  // --- bytes of messages, for both directions ---

  static byte[] message(char tag, byte[]... parts) {
    int length = 4 + Arrays.stream(parts).mapToInt(p -> p.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length + 1).put((byte) tag).putInt(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  static byte[] text(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  static byte[] int16(int value) {
    return ByteBuffer.allocate(2).putShort((short) value).array();
  }

  static byte[] int32(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  // --- the connection ---

  /** Takes what the client has sent and gives what is answered to it. */
  byte[] take(byte[] bytes) {
    byte[] all = Arrays.copyOf(in, in.length + bytes.length);
    System.arraycopy(bytes, 0, all, in.length, bytes.length);
    out.reset();
    int at = 0;
    while (all.length - at >= 5) {
      int length = ByteBuffer.wrap(all, at + 1, 4).getInt() + 1;
      if (all.length - at < length) {
        break;
      }
      request((char) all[at], new Body(Arrays.copyOfRange(all, at + 5, at + length)));
      at += length;
    }
    in = Arrays.copyOfRange(all, at, all.length);
    return out.toByteArray();
  }

  private static final class Body {
    final byte[] bytes;
    int at;

    Body(byte[] bytes) {
      this.bytes = bytes;
    }

    String string() {
      int end = at;
      while (bytes[end] != 0) {
        end++;
      }
      String s = new String(bytes, at, end - at, StandardCharsets.UTF_8);
      at = end + 1;
      return s;
    }

    char character() {
      return (char) bytes[at++];
    }

    int int32() {
      at += 4;
      return ByteBuffer.wrap(bytes, at - 4, 4).getInt();
    }
  }

  private void say(char tag, byte[]... parts) {
    out.writeBytes(message(tag, parts));
  }

  private void ready() {
    say('Z', new byte[]{(byte) tx});
  }

  private void error(String state, String text) {
    say('E', text("SERROR"), text("C" + state), text("M" + text), new byte[]{0});
    if (tx == 'T') {
      tx = 'E';
    }
  }

  private void request(char tag, Body body) {
    if (tag == 'X') {
      terminated = true;
    } else if (copying) {
      duringCopy(tag, body);
    } else if (tag == 'S') {
      skipping = false;
      ready();
    } else if (!skipping) {
      outsideCopy(tag, body);
    }
  }

  private void outsideCopy(char tag, Body body) {
    switch (tag) {
      case 'Q' -> query(body.string());
      case 'P' -> {
        String name = body.string();
        String sql = body.string();
        if (sql.startsWith("fail")) {
          extendedError("42601", "syntax error in " + sql);
        } else if (!name.isEmpty() && statements.containsKey(name)) {
          extendedError("42P05", "prepared statement already exists");
        } else {
          statements.put(name, sql);
          say('1');
        }
      }
      case 'B' -> {
        String portal = body.string();
        String sql = statements.get(body.string());
        if (sql == null) {
          extendedError("26000", "prepared statement does not exist");
        } else if (sql.startsWith("bindfail")) {
          extendedError("22P02", "invalid input");
        } else {
          portals.put(portal, sql);
          given.remove(portal);
          say('2');
        }
      }
      case 'D' -> describe(body.character(), body.string());
      case 'E' -> {
        String portal = body.string();
        String sql = portals.get(portal);
        if (sql == null) {
          extendedError("34000", "portal does not exist");
        } else {
          execute(portal, sql, body.int32());
        }
      }
      case 'C' -> {
        if (body.character() == 'S') {
          statements.remove(body.string());
        } else {
          portals.remove(body.string());
        }
        say('3');
      }
      case 'F' -> {
        say('V', int32(3), "abc".getBytes(StandardCharsets.UTF_8));
        ready();
      }
      case 'H', 'd', 'c', 'f' -> {
        // Flush changes nothing here; copy data after the end of a COPY is ignored
      }
      default -> throw new IllegalStateException("request " + tag);
    }
  }

  private void extendedError(String state, String text) {
    error(state, text);
    skipping = true;
  }

  private void describe(char kind, String name) {
    String sql = (kind == 'S' ? statements : portals).get(name);
    if (sql == null) {
      extendedError("26000", "nothing to describe");
      return;
    }
    if (kind == 'S') {
      say('t', int16(1), int32(25));
    }
    if (sql.startsWith("rows") || sql.startsWith("show")) {
      say('T', int16(1), text("c"), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0));
    } else {
      say('n');
    }
  }

  private void query(String sql) {
    if (sql.isBlank()) {
      say('I');
      ready();
      return;
    }
    if (sql.startsWith("SELECT 's',s.name")) { // what has become of the session? Only what is reported anyway.
      say('T', int16(3), text("a"), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0),
          text("b"), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0), text("c"),
          int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0));
      row("r", "role", "none");
      complete("SELECT 1");
      ready();
      return;
    }
    queryParts(sql);
  }

  private void queryParts(String sql) {
    String left = sql;
    while (!left.isBlank()) {
      int end = left.indexOf(';');
      String part = end < 0 ? left : left.substring(0, end);
      left = end < 0 ? "" : left.substring(end + 1);
      if (part.isBlank()) {
        continue;
      }
      if (part.startsWith("rows") || part.startsWith("show")) {
        say('T', int16(1), text("c"), int32(0), int16(0), int32(25), int16(-1), int32(-1),
            int16(0));
      }
      if (!run(part.trim(), null, 0)) {
        break; // the rest of the string is not run
      }
      if (copying) {
        copyInQuery = true;
        afterCopy = left;
        return;
      }
    }
    ready();
  }

  private void execute(String portal, String sql, int maxRows) {
    if (sql.isBlank()) {
      say('I');
    } else if (!run(sql.trim(), portal, maxRows)) {
      skipping = true;
    } else if (copying) {
      copyInQuery = false;
    }
  }

  /** False after an error. */
  private boolean run(String sql, @Nullable String portal, int maxRows) {
    String[] word = sql.split(" ", -1);
    if (tx == 'E' && !word[0].equals("commit")) {
      error("25P02", "current transaction is aborted");
      return false;
    }
    switch (word[0]) {
      case "begin" -> {
        tx = 'T';
        complete("BEGIN");
      }
      case "commit" -> {
        complete(tx == 'E' ? "ROLLBACK" : "COMMIT");
        tx = 'I';
      }
      case "set", "SET" -> {
        return set(sql.substring(4));
      }
      case "show" -> {
        row(String.valueOf(settings.get(word[1])).getBytes(StandardCharsets.UTF_8));
        complete("SHOW");
      }
      case "rows" -> rows(portal == null ? "" : portal, Integer.parseInt(word[1]),
          Integer.parseInt(word[2]), maxRows);
      case "copyin" -> {
        say('G', new byte[]{0}, int16(1), int16(0));
        copying = true;
        copyRows = 0;
        copyFailsAt = Integer.parseInt(word[1]);
      }
      case "copyout" -> {
        say('H', new byte[]{0}, int16(1), int16(0));
        for (int i = 0; i < Integer.parseInt(word[1]); i++) {
          say('d', filler(Integer.parseInt(word[2]), i));
        }
        say('c');
        complete("COPY " + word[1]);
      }
      case "notice" -> {
        say('N', text("SNOTICE"), text("C00000"), text("Mheed this"), new byte[]{0});
        complete("DO");
      }
      case "listen" -> {
        complete("LISTEN");
        say('A', int32(77), text("channel"), text("payload"));
      }
      case "discard", "DISCARD" -> {
        statements.clear();
        reset();
        complete("DISCARD ALL");
      }
      case "deallocate" -> {
        statements.clear();
        complete("DEALLOCATE ALL");
      }
      default -> {
        error("42601", "syntax error at " + word[0]);
        return false;
      }
    }
    return true;
  }

  private void reset() {
    USUAL.forEach((name, value) -> {
      if (!value.equals(settings.put(name, value))) {
        say('S', text(name), text(value));
      }
    });
  }

  private boolean set(String assignment) {
    int equals = assignment.indexOf('=');
    String name = assignment.substring(0, equals);
    String value = assignment.substring(equals + 2, assignment.length() - 1);
    if (value.startsWith("bad")) {
      error("22023", "invalid value for parameter");
      return false;
    }
    settings.put(name, value);
    say('S', text(name), text(value));
    complete("SET");
    return true;
  }

  private void rows(String portal, int count, int size, int maxRows) {
    int from = given.getOrDefault(portal, 0);
    int until = maxRows == 0 ? count : Math.min(count, from + maxRows);
    for (int i = from; i < until; i++) {
      row(filler(size, i));
    }
    if (until < count) {
      given.put(portal, until);
      say('s');
    } else {
      given.remove(portal);
      complete("SELECT " + (until - from));
    }
  }

  private void row(String... values) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (String value : values) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      body.writeBytes(int32(bytes.length));
      body.writeBytes(bytes);
    }
    say('D', int16(values.length), body.toByteArray());
  }

  private void row(byte[] value) {
    say('D', int16(1), int32(value.length), value);
  }

  private void complete(String tag) {
    say('C', text(tag));
  }

  private static byte[] filler(int size, int seed) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (seed * 31 + i * 7);
    }
    return bytes;
  }

  private void duringCopy(char tag, Body body) {
    switch (tag) {
      case 'd' -> {
        copyRows++;
        if (copyRows == copyFailsAt) {
          copyFailed("bad row " + body.bytes.length);
        }
      }
      case 'c' -> {
        copying = false;
        complete("COPY " + copyRows);
        if (copyInQuery) {
          queryParts(afterCopy);
        }
      }
      case 'f' -> copyFailed(body.string());
      case 'S', 'H' -> {
        // ignored inside of COPY
      }
      default -> throw new IllegalStateException("request " + tag + " during COPY");
    }
  }

  private void copyFailed(String why) {
    copying = false;
    error("22P04", "COPY failed: " + why);
    if (copyInQuery) {
      ready();
    } else {
      skipping = true;
    }
  }
}
