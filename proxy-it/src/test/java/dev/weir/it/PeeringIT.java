package dev.weir.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.RawClient.message;
import static dev.weir.it.RawClient.query;
import static org.assertj.core.api.Assertions.assertThat;

/** Three processes behind one port that know each other (PgBouncer's test_peering.py). */
@EnabledOnOs(value = OS.LINUX, disabledReason = "so_reuseport spreads connections on Linux only")
final class PeeringIT {
  private static final int MEMBERS = 3;
  private static final int CANCELS = 10;

  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();

  @TempDir Path folder;
  private final List<PackagedWeir> group = new ArrayList<>();
  private int port;

  /** A client and which of the processes it is with, counted from 0. */
  private record Member(RawClient client, RawClient.Message key, int process)
      implements
        AutoCloseable {
    /** One statement; the tags of its answer. */
    String ask(String sql) throws IOException {
      client.send(query(sql));
      return answer();
    }

    String answer() throws IOException {
      StringBuilder tags = new StringBuilder();
      client.readUntil('Z')
          .forEach(m -> tags.append(m.tag() == 'E' ? "E" + m.field('C') : "" + m.tag()));
      return tags.toString();
    }

    @Override
    public void close() throws IOException {
      client.close();
    }
  }

  @BeforeEach
  void folders() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (int i = 0; i < MEMBERS; i++) {
      Files.createDirectory(member(i));
    }
    Files.writeString(folder.resolve("userlist.txt"), "\"bob\" \"\"\n\"pgbouncer\" \"fake\"\n");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void end() {
    group.forEach(PackagedWeir::close);
  }

  private Path member(int index) {
    return folder.resolve("p" + index);
  }

  private PackagedWeir start(int index, boolean listsItself) throws IOException {
    StringBuilder ini = new StringBuilder("[databases]\np0 = host=").append(postgres.host())
        .append(" port=").append(postgres.port()).append(" dbname=").append(postgres.database())
        .append(" user=postgres password=").append(postgres.superuserPassword())
        .append("\n[peers]\n");
    for (int i = 0; i < MEMBERS; i++) {
      if (i != index || listsItself) {
        ini.append(i + 1).append(" = host=").append(member(i)).append(" port=").append(port)
            .append('\n');
      }
    }
    ini.append("""
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        so_reuseport = 1
        peer_id = %d
        unix_socket_dir = %s
        auth_type = trust
        auth_file = %s/userlist.txt
        admin_users = pgbouncer
        pool_mode = transaction
        default_pool_size = 5
        [weir]
        workers = 1
        """.formatted(port, index + 1, member(index), folder));
    return PackagedWeir.start(member(index), port, ini.toString());
  }

  private void startAll(boolean listThemselves) throws IOException {
    for (int i = 0; i < MEMBERS; i++) {
      group.add(start(i, listThemselves));
    }
    group.forEach(PackagedWeir::awaitUp);
  }

  /** A client of whichever process gets it. Its peer id stands in bytes 1 and 2 of its cancel key. */
  private Member connect() throws IOException {
    RawClient client = RawClient.connect(port);
    RawClient.Message key = client.login("bob", "p0").readUntil('Z').stream()
        .filter(m -> m.tag() == 'K').findFirst().orElseThrow();
    return new Member(client, key, (key.body()[1] & 0xff) - 1);
  }

  /**
   * The same while a process goes down; null for who came to it at that very moment. As with PgBouncer the kernel resets
   * connections that wait at a listener when it closes, and a login that was under way is refused; both may try again.
   */
  private @Nullable Member connectIfLet() throws IOException {
    try {
      return connect();
    } catch (AssertionError e) {
      assertThat(e.getMessage()).containsAnyOf("pooler is shutting down", "closed after []");
      return null;
    } catch (SocketException _) {
      return null; // reset while we wrote
    }
  }

  /** A client of this process: the kernel spreads connections by chance. */
  private Member connectTo(int process) throws IOException {
    for (int i = 0; i < 200; i++) {
      Member got = connect();
      if (got.process() == process) {
        return got;
      }
      got.close();
    }
    throw new AssertionError("none of 200 connections went to process " + process);
  }

  private void cancel(Member target) throws IOException {
    try (RawClient requester = RawClient.connect(port)) {
      assertThat(requester.send(RawClient.cancel(target.key())).readAll()).isEmpty();
    }
  }

  private void sleepUntilCanceled(Member member, String mark) throws Exception {
    member.client().send(query("select pg_sleep(60) /* " + mark + " */"));
    WeirServer.await("the query runs", () -> "1".equals(postgres.query(
        "select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"
            + " and query like '%/* " + mark + " */%'")));
    cancel(member);
    assertThat(member.answer()).as("canceled, %s", mark).endsWith("E57014Z");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cancelsReachTheirQueryWhicheverProcessGetsThem(boolean listThemselves) throws Exception {
    startAll(listThemselves);
    for (int process = 0; process < MEMBERS; process++) {
      try (Member member = connectTo(process); Member bystander = connectTo(process)) {
        bystander.client().send(query("select pg_sleep(0.5) /* bystander */"));
        for (int i = 0; i < CANCELS; i++) {
          sleepUntilCanceled(member, "p" + process + " n" + i);
        }
        assertThat(bystander.answer()).isEqualTo("TDCZ");
        assertThat(member.ask("select 1")).isEqualTo("TDCZ");
      }
    }
    long forwarded = group.stream().map(PackagedWeir::output).flatMap(String::lines)
        .filter(line -> line.contains("(nodb)/(nouser)@")
            && line.contains("closing because: successfully sent cancel request"))
        .count();
    assertThat(forwarded).as("requests, those passed on counted in both processes")
        .isGreaterThan(MEMBERS * CANCELS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"the console", "SIGTERM"})
  void processesAreRestartedOneByOneWhileClientsWork(String by) throws Exception {
    startAll(true);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger served = new AtomicInteger();
    AtomicInteger turnedAway = new AtomicInteger();
    List<Background> load = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      load.add(Background.start(() -> work(stop, served, turnedAway)));
    }
    try {
      for (int i = 0; i < MEMBERS; i++) {
        restart(i, by, served);
      }
    } finally {
      stop.set(true);
    }
    for (Background worker : load) {
      worker.await();
    }
    assertThat(turnedAway.get()).as("of " + served + " logins")
        .isLessThanOrEqualTo(served.get() / 100 + MEMBERS);
  }

  private void restart(int index, String by, AtomicInteger served) throws Exception {
    PackagedWeir old = group.get(index);
    try (Member stays = connectTo(index)) {
      assertThat(stays.ask("select 1")).isEqualTo("TDCZ");
      if (by.equals("SIGTERM")) {
        old.signal("TERM");
      } else {
        old.console("SHUTDOWN WAIT_FOR_CLIENTS");
      }
      WeirServer.await("newcomers go elsewhere", () -> nobodyGoesTo(index));
      for (int i = 0; i < 3; i++) {
        assertThat(stays.ask("select 1")).isEqualTo("TDCZ");
        sleepUntilCanceled(stays, by + index + i);
      }
      int before = served.get();
      WeirServer.await("the others work", () -> served.get() > before + 10);
      assertThat(old.alive()).as("while it has a client").isTrue();
      stays.client().send(message('X'));
      assertThat(old.awaitEnd()).isZero();
    }
    PackagedWeir fresh = start(index, true);
    group.set(index, fresh);
    fresh.awaitUp();
    connectTo(index).close();
  }

  private boolean nobodyGoesTo(int process) throws IOException {
    for (int i = 0; i < 20; i++) {
      try (Member newcomer = connectIfLet()) {
        if (newcomer == null || newcomer.process() == process) {
          return false;
        }
      }
    }
    return true;
  }

  /** Sessions of three statements, one after the other; a session that has begun must not fail. */
  private void work(AtomicBoolean stop, AtomicInteger served, AtomicInteger turnedAway)
      throws IOException {
    while (!stop.get()) {
      try (Member member = connectIfLet()) {
        if (member == null) {
          turnedAway.incrementAndGet();
          continue;
        }
        for (int i = 0; i < 3; i++) {
          assertThat(member.ask("select 1")).isEqualTo("TDCZ");
        }
        member.client().send(message('X'));
        served.incrementAndGet();
      }
    }
  }
}
