package dev.weir.it;

import dev.weir.it.FakePostgres.Script;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.FakePostgres.AUTH_OK;
import static dev.weir.it.FakePostgres.IN_TRANSACTION;
import static dev.weir.it.FakePostgres.READY;
import static dev.weir.it.FakePostgres.answer;
import static dev.weir.it.FakePostgres.error;
import static dev.weir.it.FakePostgres.status;
import static dev.weir.it.RawClient.cstring;
import static dev.weir.it.RawClient.int32;
import static dev.weir.it.RawClient.message;
import static dev.weir.it.RawClient.query;
import static org.assertj.core.api.Assertions.assertThat;

/** Servers that die or lie at every step: clients hear of it, the pool recovers, others do not notice. */
final class HostileServerIT {
  private static final byte[] NUL = new byte[1];

  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("server_login_retry", "0.2")
      .set("server_connect_timeout", "2")
      .set("query_wait_timeout", "4")
      .set("default_pool_size", "1")
      .set("server_tls_sslmode", "disable")
      .set("server_reset_query_always", "0")
      .database("good", "user=postgres password=${password}")
      .login("postgres", "${password}")
      .login("scram", "secret");

  private @Nullable FakePostgres fake;

  @AfterEach
  void othersAreUnharmedAndThePoolsAreSane() throws Exception {
    try (Connection other = proxy.connect("postgres", "", "good")) {
      assertThat(Sql.value(other, "select 1")).isEqualTo("1");
    }
    proxy.awaitShow("POOLS", rows -> rows.stream()
        .filter(r -> "bad".equals(r.get("database")))
        .allMatch(r -> "0".equals(r.get("cl_active")) && "0".equals(r.get("cl_waiting"))
            && "0".equals(r.get("sv_active")) && "0".equals(r.get("sv_tested"))));
    assertThat(proxy.log().lines()).noneMatch(l -> l.contains("Exception"));
    if (fake != null) {
      fake.close();
    }
  }

  private void serve(Script... scripts) throws Exception {
    FakePostgres started = new FakePostgres(scripts);
    fake = started;
    proxy.databaseLine("bad", "host=127.0.0.1 port=" + started.port() + " user=scram").reload();
  }

  private static final Script GOOD = w -> {
    w.login();
    w.serve();
  };

  /** What a client gets who logs in and asks once: messages as text, then how it ended. */
  private List<String> ask(String sql) throws IOException {
    List<String> heard = new ArrayList<>();
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("postgres", "bad");
      RawClient.Message next;
      boolean asked = false;
      while ((next = client.read()) != null) {
        heard.add(next.toString());
        if (next.tag() == 'Z' && !asked) {
          asked = true;
          heard.clear();
          client.send(query(sql));
        } else if (next.tag() == 'Z') {
          client.send(message('X'));
        }
      }
    }
    return heard;
  }

  private static Script login(byte[]... pieces) {
    return w -> {
      w.startup();
      w.send(pieces);
      w.sleep();
    };
  }

  /** Logins that fail for a reason that the server did not tell: the client waits for the next server and gets it. */
  static Stream<Script> badLogins() {
    byte[] sasl = message('R', int32(10), cstring("SCRAM-SHA-256"), NUL);
    return Stream.of(
        w -> w.socket().close(),
        w -> w.startup(),
        login(message('R', int32(99))),
        login(message('R', int32(0)), message('R', int32(0))),
        login(READY),
        login(new byte[]{'R', 0, 0, 0, 3}),
        login(new byte[]{'R', (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff}),
        login(new byte[]{'R', 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff}),
        login(message('R', new byte[]{0, 0})),
        login(message('?', int32(0))),
        login(AUTH_OK, message('S', cstring("a"))),
        login(AUTH_OK, message('K', new byte[2])),
        login(AUTH_OK, READY, answer()),
        login(AUTH_OK, READY, new byte[]{'Z'}),
        login(message('R', int32(11), "r=x".getBytes(StandardCharsets.UTF_8))),
        w -> {
          w.startup();
          w.send(sasl);
          w.receive('p');
          w.send(message('R', int32(11), "r=x,s=AAAA,i=4096".getBytes(StandardCharsets.UTF_8)));
          w.sleep();
        },
        w -> {
          w.startup();
          w.send(sasl);
          w.receive('p');
          w.send(message('R', int32(11),
              ("r=" + "x".repeat(900_000) + ",s=AAAA,i=4096").getBytes(StandardCharsets.UTF_8)));
          w.sleep();
        },
        w -> {
          w.startup();
          w.send(sasl);
          w.receive('p');
          w.send(AUTH_OK, READY);
          w.sleep();
        },
        w -> {
          w.startup();
          for (int i = 0; i < 100_000; i++) {
            w.send(i == 0 ? AUTH_OK : NUL, status("name" + i, "value"));
          }
          w.sleep();
        },
        w -> {
          w.startup();
          for (int i = 0; i < 1000; i++) {
            w.send(message('R', int32(8), new byte[100_000]));
          }
          w.sleep();
        });
  }

  @ParameterizedTest
  @MethodSource("badLogins")
  void aClientWaitsThroughALoginThatFails(Script bad) throws Exception {
    serve(bad, GOOD);
    assertThat(ask("select 1")).last().asString().startsWith("Z");
  }

  /** CVE-2021-3935: bytes that somebody puts in front of the encrypted ones are not the server's. */
  @ParameterizedTest
  @ValueSource(chars = {'S', 'N', 'E', 'x'})
  void bytesBehindTheAnswerAboutTlsAreNotTakenForTheServers(char answer) throws Exception {
    proxy.set("server_tls_sslmode", "prefer");
    serve(w -> {
      w.sslRequest();
      w.send(new byte[]{(byte) answer}, AUTH_OK, message('K', int32(1), int32(2)), READY, answer());
      w.sleep();
    }, GOOD);
    assertThat(ask("select 1")).last().asString().startsWith("Z");
    proxy.awaitLog("closing because: bad sslreq answer", 1);
  }

  @Test
  void aServerThatIsSilentAtLoginIsGivenUpAfterServerConnectTimeout() throws Exception {
    serve(FakePostgres.Wire::sleep, GOOD);
    assertThat(ask("select 1")).last().asString().startsWith("Z");
    proxy.awaitLog("closing because: connect timeout", 1);
  }

  @Test
  void anErrorWithoutFieldsAtLoginIsTold() throws Exception {
    serve(login(error()));
    assertThat(ask("select 1")).last().asString().contains("(no message)");
  }

  @Test
  void anAbsurdIterationCountDoesNotStopTheProxy() throws Exception {
    serve(w -> {
      w.startup();
      w.send(message('R', int32(10), cstring("SCRAM-SHA-256"), NUL));
      w.receive('p');
      w.send(message('R', int32(11),
          "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000"
              .getBytes(StandardCharsets.UTF_8)));
      w.sleep();
    }, GOOD);
    assertThat(ask("select 1")).last().asString().startsWith("Z");
  }

  @Test
  void anErrorOfTheServerAtLoginReachesWhoWaits() throws Exception {
    serve(login(error("SFATAL", "C28000", "Mnot you")));
    assertThat(ask("select 1")).containsExactly("E 28000 not you");
  }

  @Test
  void aServerThatIsStartingUpIsWaitedFor() throws Exception {
    Script starting = login(
        error("SFATAL", "C57P03", "Mthe database system is starting up"));
    serve(starting, starting, GOOD);
    assertThat(ask("select 1")).last().asString().startsWith("Z");
    proxy.awaitLog("server login failed: FATAL the database system is starting up", 2);
  }

  /** What a server does when it should answer the first query; the client hears an error and its end. */
  static Stream<Script> badAnswers() {
    return Stream.<Script>of(
        w -> {},
        w -> w.send(new byte[]{'T', 0, 0}),
        w -> {
          w.send(message('D', new byte[100_000]));
          w.receive('Q'); // or the kernel would reset the connection and cut the message
        },
        w -> w.send(new byte[]{'D', 0, 0, 0, 1}),
        w -> w.send(new byte[]{'D', (byte) 0x80, 0, 0, 0}),
        w -> w.send(message('Z', new byte[]{'I', 'I'})),
        w -> w.send(message('R', int32(3))),
        w -> w.send(message('K', int32(1), int32(1))),
        w -> w.send(message('S', cstring("unfinished"))),
        w -> w.send(new byte[]{'C', 0x7f, 0, 0, 0}, new byte[2_000_000]),
        w -> w.send(error("SFATAL", "C57P01", "Mshutting down")),
        w -> w.send(error()),
        w -> {
          w.send(message('C', cstring("BEGIN")), IN_TRANSACTION);
          w.receive('Q');
        },
        w -> w.send(message('G', new byte[]{0, 0, 0})));
  }

  @ParameterizedTest
  @MethodSource("badAnswers")
  void aClientHearsThatItsServerIsGone(Script bad) throws Exception {
    serve(w -> {
      w.login();
      w.receive('Q');
      bad.play(w);
    }, GOOD);
    List<String> heard;
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("postgres", "bad").readUntil('Z');
      client.send(query("select 1"));
      heard = client.send(query("select 2")).readAll().stream()
          .filter(m -> m.tag() == 'E').map(Object::toString).toList();
    }
    assertThat(heard).last().asString().isEqualTo("E 08P01 server conn crashed?");
    assertThat(ask("select 1")).as("the next server").last().asString().startsWith("Z");
  }

  @Test
  void nothingIsPutIntoARowThatIsCut() throws Exception {
    byte[] row = message('D', new byte[100_000]);
    byte[] begun = Arrays.copyOf(row, 70_000);
    serve(w -> {
      w.login();
      w.receive('Q');
      w.send(begun);
    }, GOOD);
    byte[] heard;
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("postgres", "bad").readUntil('Z');
      heard = client.send(query("select 1")).readBytes();
    }
    assertThat(heard).as("the row as far as it came, and no error in the middle of it")
        .isEqualTo(begun);
    assertThat(ask("select 1")).as("the next server").last().asString().startsWith("Z");
  }

  /** What a server does while it is idle; the next client must not notice. */
  static Stream<Script> idleFaults() {
    return Stream.of(
        w -> w.socket().close(),
        w -> w.send(error("SFATAL", "C57P01", "Mterminating connection")),
        w -> w.send(error()),
        w -> w.send(answer()),
        w -> w.send(new byte[]{'Z', 0, 0, 0, 1}),
        w -> w.send("HTTP/1.1 400 Bad Request".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aServerMayReportAParameterWhileIdle() throws Exception {
    serve(w -> {
      w.login();
      w.receive('Q');
      w.send(answer());
      w.send(status("TimeZone", "UTC"), message('N', NUL));
      w.serve();
    }, FakePostgres.Wire::sleep);
    assertThat(ask("select 1")).last().asString().startsWith("Z");
    assertThat(ask("select 1")).as("from the same server").last().asString().startsWith("Z");
  }

  @ParameterizedTest
  @MethodSource("idleFaults")
  void aServerThatGoesBadWhileIdleIsReplaced(Script fault) throws Exception {
    serve(w -> {
      w.login();
      w.receive('Q');
      w.send(answer());
      sleep(50);
      fault.play(w);
      w.sleep();
    }, GOOD);
    assertThat(ask("select 1")).last().asString().startsWith("Z");
    proxy.awaitShow("SERVERS",
        rows -> WeirServer.where(rows, "database", "bad").isEmpty());
    assertThat(ask("select 1")).last().asString().startsWith("Z");
  }

  @Test
  void aNotificationWhileIdleIsThrownAway() throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    serve(w -> {
      w.login();
      w.receive('Q');
      w.send(answer());
      sleep(50);
      w.send(message('A', int32(5), cstring("channel"), cstring("payload")));
      sent.countDown();
      w.serve();
    });
    assertThat(ask("select 1")).last().asString().startsWith("Z");
    assertThat(sent.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(ask("select 1")).noneMatch(m -> m.startsWith("A")).last().asString()
        .startsWith("Z");
    assertThat(WeirServer.where(proxy.show("SERVERS"), "database", "bad")).hasSize(1);
  }

  @Test
  void aFloodOfParametersWhileServingIsPassedOnButNotKept() throws Exception {
    serve(w -> {
      w.login();
      w.receive('Q');
      for (int i = 0; i < 10_000; i++) {
        w.send(status("flood" + i, "x".repeat(100)));
      }
      w.send(answer());
      w.serve();
    });
    assertThat(ask("select 1")).hasSize(10_004);
    assertThat(ask("select 1")).last().asString().startsWith("Z");
  }

  @Test
  void aServerThatDiesInItsResetQueryIsReplaced() throws Exception {
    proxy.set("server_reset_query_always", "1");
    serve(w -> {
      w.login();
      w.receive('Q');
      w.send(answer());
      w.receive('Q');
    }, GOOD);
    assertThat(ask("select 1")).last().asString().startsWith("Z");
    assertThat(ask("select 1")).last().asString().startsWith("Z");
  }

  @Test
  void aServerThatDiesInItsCheckQueryIsReplaced() throws Exception {
    proxy.set("server_check_delay", "0");
    serve(w -> {
      w.login();
      w.receive('Q');
    }, GOOD);
    assertThat(ask("select 1")).last().asString().startsWith("Z");
  }

  @Test
  void aServerThatNeverAnswersItsCheckQueryIsReplaced() throws Exception {
    proxy.set("server_check_delay", "0");
    serve(w -> {
      w.login();
      w.sleep();
    }, GOOD);
    assertThat(ask("select 1")).last().asString().startsWith("Z");
    proxy.awaitLog("closing because: test query timeout", 1);
  }

  @Test
  void anErrorWithoutFieldsForAParameterStopsTheClientsQuery() throws Exception {
    serve(w -> {
      w.login();
      w.receive('Q');
      w.send(error(), READY);
      w.serve();
    });
    try (RawClient client = RawClient.connect(proxy)) {
      client.send(RawClient.startup(RawClient.V3_0, "user", "postgres", "database", "bad",
          "application_name", "mine"));
      client.readUntil('Z');
      client.send(query("select 1"));
      assertThat(client.readRefusal()).isEqualTo("invalid server parameter");
    }
    proxy.awaitLog("varcache_apply failed", 1);
  }

  @Test
  void aServerThatDiesDuringCopyEndsTheClient() throws Exception {
    serve(w -> {
      w.login();
      w.receive('Q');
      w.send(message('G', new byte[]{0, 0, 0}));
      w.receive('d');
    }, GOOD);
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("postgres", "bad").readUntil('Z');
      client.send(query("copy t from stdin")).readUntil('G');
      client.send(message('d', cstring("row")));
      assertThat(client.readRefusal()).isEqualTo("server conn crashed?");
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(Duration.ofMillis(millis));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
