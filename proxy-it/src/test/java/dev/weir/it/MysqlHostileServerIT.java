package dev.weir.it;

import dev.weir.it.FakeMysql.Script;
import dev.weir.mysql.packet.Capabilities;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.FakeMysql.EOF;
import static dev.weir.it.FakeMysql.OK;
import static dev.weir.it.FakeMysql.answer;
import static dev.weir.it.FakeMysql.column;
import static dev.weir.it.FakeMysql.cut;
import static dev.weir.it.FakeMysql.row;
import static dev.weir.it.MysqlWeir.value;
import static dev.weir.it.RawMysqlClient.header;
import static dev.weir.it.RawMysqlClient.packet;
import static dev.weir.it.RawMysqlClient.query;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Servers that lie, stop in the middle, or die in each state. */
class MysqlHostileServerIT {
  private static final int FAKES = 60;

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb)
      .set("connect_timeout_server", "1000").set("connect_timeout_server_max", "4000")
      .set("connect_retries_on_failure", "1");

  /** A client that is logged in, and its statements go to the fake server. */
  private static RawMysqlClient client(FakeMysql fake) throws IOException, SQLException {
    return client(fake, RawMysqlClient.CAPABILITIES);
  }

  private static RawMysqlClient client(FakeMysql fake, long capabilities)
      throws IOException, SQLException {
    weir.configure("DELETE FROM mysql_servers WHERE hostgroup_id = " + FAKES,
        "INSERT INTO mysql_servers (hostgroup_id, hostname, port) VALUES (" + FAKES
            + ", '127.0.0.1', " + fake.port() + ")",
        "LOAD MYSQL SERVERS TO RUNTIME", "DELETE FROM mysql_query_rules",
        "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, destination_hostgroup, "
            + "apply) VALUES (1, 1, 'fake', " + FAKES + ", 1)",
        "LOAD MYSQL QUERY RULES TO RUNTIME");
    return RawMysqlClient.connect(weir.port()).login(capabilities, weir.user(),
        MysqlWeir.PASSWORD);
  }

  /** What is not the fake server's goes on. */
  private static void othersAreServed() throws SQLException {
    try (Connection other = weir.connect()) {
      assertThat(value(other, "SELECT 'real'")).isEqualTo("real");
    }
    weir.awaitNothingInUse();
  }

  private static Arguments of(String name, Script script) {
    return Arguments.of(Named.of(name, script));
  }

  // --- at the login ---

  static Stream<Arguments> logins() {
    return Stream.of(
        of("closes at once", wire -> {}),
        of("says nothing", FakeMysql.Wire::sleep),
        of("greets with an error",
            wire -> wire.send(packet(0, new byte[]{(byte) 0xff, 0x10, 4},
                "Too many connections".getBytes(UTF_8)))),
        of("greets with garbage", wire -> wire.send(packet(0, new byte[300]))),
        of("greets with another protocol", wire -> wire.send(packet(0, new byte[]{9, '3', 0}))),
        of("greets with an empty packet", wire -> wire.send(packet(0))),
        of("greets with HTTP",
            wire -> wire.send("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8))),
        of("announces 16 MB", wire -> {
          wire.send(header(0xffffff, 0));
          wire.sleep();
        }),
        of("greets and closes", FakeMysql.Wire::greet),
        of("greets and says nothing", wire -> {
          wire.greet();
          wire.sleep();
        }),
        of("wants an unknown plugin", wire -> {
          wire.greet();
          wire.receive();
          wire.send(packet(2, new byte[]{(byte) 0xfe}, RawClient.cstring("no_such_plugin"),
              new byte[21]));
          wire.sleep();
        }),
        of("wants the password in the clear", wire -> {
          wire.greet();
          wire.receive();
          wire.send(packet(2, new byte[]{(byte) 0xfe}, RawClient.cstring("mysql_clear_password")));
          assertThat(new String(wire.receive(), UTF_8)).doesNotContain(MysqlWeir.PASSWORD);
        }),
        of("switches plugins for ever", wire -> {
          wire.greet();
          for (int sequence = 2;; sequence += 2) {
            wire.receive();
            wire.send(packet(sequence & 0xff, new byte[]{(byte) 0xfe},
                RawClient.cstring("mysql_native_password"), new byte[21]));
          }
        }),
        of("denies", wire -> {
          wire.greet();
          wire.receive();
          wire.send(packet(2, new byte[]{(byte) 0xff, 0x15, 4}, "#28000no".getBytes(UTF_8)));
        }),
        of("answers out of order", wire -> {
          wire.greet();
          wire.receive();
          wire.send(packet(5, OK));
          wire.sleep();
        }),
        of("says more than OK", wire -> {
          wire.greet();
          wire.receive();
          wire.send(packet(2, OK), packet(3, OK));
          wire.sleep();
        }));
  }

  @ParameterizedTest
  @MethodSource("logins")
  void aLoginThatFailsIsAnErrorAndNoDisconnect(Script script) throws Exception {
    try (FakeMysql fake = new FakeMysql(script); RawMysqlClient client = client(fake)) {
      assertThat(client.value("SELECT 'fake'")).startsWith("error ");
      assertThat(client.value("SELECT 'r' || 'eal'")).doesNotStartWith("error ");
    }
    othersAreServed();
  }

  @Test
  void aServerThatComesToItsSensesIsUsed() throws Exception {
    try (FakeMysql fake = new FakeMysql(wire -> {}, wire -> {
      wire.login();
      wire.serve();
    }); RawMysqlClient client = client(fake)) {
      assertThat(client.value("SELECT 'fake'")).isEqualTo("x");
    }
    othersAreServed();
  }

  // --- in an answer ---

  private static Script answering(byte[]... pieces) {
    return wire -> {
      wire.login();
      wire.until("SELECT");
      wire.send(pieces);
    };
  }

  /** The client is told by an error packet, for nothing or whole packets of the answer have come. */
  static Stream<Arguments> brokenBetweenPackets() {
    return Stream.of(of("closes", answering()),
        of("closes behind the count", answering(packet(1, new byte[]{1}))),
        of("closes behind a column", answering(packet(1, new byte[]{1}), packet(2, column()))),
        of("closes behind a row", answering(cut(answer("x"), 9))),
        of("a count out of order", answering(packet(9, new byte[]{1}))),
        of("a count that cannot be", answering(packet(1,
            new byte[]{(byte) 0xfe, -1, -1, -1, -1, -1, -1, -1, 127}))),
        of("an empty packet", answering(packet(1))),
        of("a prepared statement nobody asked for, then nothing", answering(packet(1, OK),
            packet(2, OK))));
  }

  @ParameterizedTest
  @MethodSource("brokenBetweenPackets")
  void anAnswerThatBreaksOffIsAnErrorOrAnEnd(Script script) throws Exception {
    try (FakeMysql fake = new FakeMysql(script, wire -> {
      wire.login();
      wire.sleep();
    }); RawMysqlClient client = client(fake)) {
      client.send(RawMysqlClient.command(3, "UPDATE fake SELECT".getBytes(UTF_8)));
      List<RawMysqlClient.Reply> said = client.readToEndOrAnswer();
      assertThat(said).isNotEmpty();
    }
    othersAreServed();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 20, 40})
  void anAnswerCutInsideAPacketEndsTheClientsConnection(int left) throws Exception {
    byte[] whole = RawClient.concat(packet(1, new byte[]{1}), packet(2, column()), packet(3, EOF),
        packet(4, row("a".repeat(100))));
    try (FakeMysql fake = new FakeMysql(answering(cut(whole, left)));
        RawMysqlClient client = client(fake)) {
      client.send(query("SELECT 'fake' FOR UPDATE"));
      for (RawMysqlClient.Reply reply : client.readToEnd()) {
        assertThat(reply.isError()).as("an error inside of a row: " + reply).isFalse();
      }
    }
    othersAreServed();
  }

  @Test
  void whatNobodyAskedForEndsThatServerOnly() throws Exception {
    try (FakeMysql fake = new FakeMysql(wire -> {
      wire.login();
      wire.until("SELECT");
      wire.send(answer("x"), answer("y")); // one answer too many
      wire.sleep();
    }, wire -> {
      wire.login();
      wire.serve();
    }); RawMysqlClient client = client(fake)) {
      assertThat(client.value("SELECT 'fake'")).isEqualTo("x");
      assertThat(client.value("SELECT 'fake'")).isEqualTo("x");
    }
    othersAreServed();
  }

  @Test
  void aFileIsAskedOnlyOfAClientThatOffersFiles() throws Exception {
    Script thief = answering(packet(1, new byte[]{(byte) 0xfb}, "/etc/passwd".getBytes(UTF_8)));
    try (FakeMysql fake = new FakeMysql(thief); RawMysqlClient client = client(fake)) {
      client.send(query("SELECT 'fake'"));
      for (RawMysqlClient.Reply reply : client.readToEndOrAnswer()) {
        assertThat(reply.header()).as(reply.toString()).isNotEqualTo(0xfb);
      }
    }
    try (FakeMysql fake = new FakeMysql(thief);
        RawMysqlClient client = client(fake,
            RawMysqlClient.CAPABILITIES | Capabilities.LOCAL_FILES)) {
      client.send(query("SELECT 'fake'"));
      assertThat(client.reply().header()).as("not asked by a LOAD DATA LOCAL").isNotEqualTo(0xfb);
    }
    othersAreServed();
  }

  @Test
  void aServerThatDiesInATransactionIsTold() throws Exception {
    byte[] inTransaction = {0, 0, 0, 3, 0, 0, 0};
    try (FakeMysql fake = new FakeMysql(wire -> {
      wire.login();
      wire.until("fake");
      wire.send(packet(1, inTransaction));
      wire.receive();
    }); RawMysqlClient client = client(fake)) {
      client.send(query("BEGIN /* fake */"));
      assertThat(client.reply().header()).isZero();
      client.send(query("UPDATE fake"));
      assertThat(client.reply().errno()).isEqualTo(2013);
    }
    othersAreServed();
  }

  /** Behind a SET whose change was not reported, the server is asked for it: the client has its answer already. */
  @Test
  void aServerLostBehindASetIsToldWithTheNextStatement() throws Exception {
    try (FakeMysql fake = new FakeMysql(wire -> {
      wire.login();
      wire.until("'ANSI'");
      wire.send(packet(1, OK));
      wire.receive();
    }, wire -> {
      wire.login();
      wire.serve();
    }); RawMysqlClient client = client(fake)) {
      client.send(query("SET /* fake */ sql_mode = 'ANSI'"));
      assertThat(client.reply().header()).isZero();
      client.send(query("SELECT 'fake'"));
      assertThat(client.reply().errno()).isEqualTo(2013);
      assertThat(client.value("SELECT 'fake'")).isEqualTo("x");
    }
    othersAreServed();
  }

  @Test
  void anUpdateIsNeverSentTwice() throws Exception {
    try (FakeMysql fake = new FakeMysql(wire -> {
      wire.login();
      wire.until("UPDATE");
    }, wire -> {
      wire.login();
      wire.until("UPDATE");
      wire.send(packet(1, OK));
      wire.sleep();
    }); RawMysqlClient client = client(fake)) {
      client.send(query("UPDATE fake SET a = 1"));
      assertThat(client.reply().errno()).isEqualTo(2013);
    }
    othersAreServed();
  }

  /** Seeds are named when it fails. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void garbageInAnAnswerHarmsNobodyElse(long seed) throws Exception {
    Random random = new Random(seed);
    Script garbage = wire -> {
      wire.login();
      wire.until("fake");
      byte[] body = new byte[random.nextInt(60)];
      random.nextBytes(body);
      wire.send(random.nextBoolean()
          ? packet(1, body)
          : RawClient.concat(
              packet(1, new byte[]{1}), packet(2, column()), packet(3, EOF), packet(4, body)));
    };
    try (FakeMysql fake = new FakeMysql(garbage)) {
      for (int round = 0; round < 60; round++) {
        try (RawMysqlClient client = client(fake)) {
          client.socket().setSoTimeout(10_000);
          client.send(query("UPDATE fake"));
          client.readToEndOrAnswer();
        }
      }
    }
    othersAreServed();
  }
}
