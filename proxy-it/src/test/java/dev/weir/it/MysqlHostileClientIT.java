package dev.weir.it;

import dev.weir.it.RawMysqlClient.Reply;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Collation;
import dev.weir.mysql.packet.SslRequest;
import java.io.IOException;
import java.net.SocketException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.value;
import static dev.weir.it.RawMysqlClient.command;
import static dev.weir.it.RawMysqlClient.header;
import static dev.weir.it.RawMysqlClient.packet;
import static dev.weir.it.RawMysqlClient.query;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Clients of the MySQL port that break the protocol, on purpose or in the middle of it. */
class MysqlHostileClientIT {
  private static final int MEGA = 1 << 20;

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb).maxConnections(2)
      .set("connect_timeout_client", "2000").set("max_allowed_packet", "2097152");

  /** Whatever a client did, nobody else may notice. */
  @AfterEach
  void othersAreServedAsBefore() throws SQLException {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      assertThat(value(one, "SELECT 'one'")).isEqualTo("one");
      assertThat(value(two, "SELECT 'two'")).isEqualTo("two");
    }
    weir.awaitNothingInUse();
  }

  private static RawMysqlClient connected() throws IOException {
    RawMysqlClient client = RawMysqlClient.connect(weir.port());
    client.greeting();
    return client;
  }

  private static RawMysqlClient loggedIn() throws IOException {
    return RawMysqlClient.connect(weir.port()).login(weir.user(), MysqlWeir.PASSWORD);
  }

  private static int refusal(List<Reply> said) {
    assertThat(said).isNotEmpty();
    return said.getLast().errno();
  }

  // --- before the login is over ---

  @Test
  void aHandshakeMayEndAtAnyByte() throws IOException {
    RawMysqlClient.connect(weir.port()).close();
    byte[] whole;
    try (RawMysqlClient client = connected()) {
      whole = packet(1,
          client.response(RawMysqlClient.CAPABILITIES, weir.user(), MysqlWeir.PASSWORD));
    }
    for (int length = 0; length < whole.length; length++) {
      try (RawMysqlClient client = connected()) {
        client.send(Arrays.copyOf(whole, length));
      }
    }
  }

  @Test
  void aResponseCutInsideIsABadHandshakeOrNoLogin() throws IOException {
    byte[] whole;
    try (RawMysqlClient client = connected()) {
      whole = client.response(RawMysqlClient.CAPABILITIES, weir.user(), MysqlWeir.PASSWORD);
    }
    for (int length = 0; length < whole.length - 22; length++) {
      try (RawMysqlClient client = connected()) {
        client.send(packet(1, Arrays.copyOf(whole, length)));
        List<Reply> said = client.readToEndOrAnswer();
        assertThat(said.getLast().isError() || said.getLast().header() == 0xfe)
            .as("cut at " + length + ": " + said).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16 * 1024 + 1, MEGA, 0xffffff})
  void aLongPacketIsRefusedByItsHeader(int length) throws IOException {
    try (RawMysqlClient client = connected()) {
      client.send(header(length, 1));
      assertThat(refusal(client.readToEnd())).isEqualTo(1043);
    }
  }

  @Test
  void aPacketOutOfOrderIsRefused() throws IOException {
    try (RawMysqlClient client = connected()) {
      client.send(packet(7,
          client.response(RawMysqlClient.CAPABILITIES, weir.user(), MysqlWeir.PASSWORD)));
      assertThat(refusal(client.readToEnd())).isEqualTo(1043);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "0000", "ffffffff", "85a6ff010000000121",
    // the old handshake of 3.21 and 4.0
    "0500000001746573740061626364656667",
    // an answer of 2^64-1, of 2^63-1 and of 65,535 bytes, then nothing
    "8fa2230000000001210000000000000000000000000000000000000000000000"
        + "7500feffffffffffffffff",
    "8fa2230000000001210000000000000000000000000000000000000000000000"
        + "7500feffffffffffffff7f",
    "8fa2230000000001210000000000000000000000000000000000000000000000" + "7500fcffff",
    // a user without an end
    "8fa2230000000001210000000000000000000000000000000000000000000000" + "757575"})
  void whatIsNoResponseIsABadHandshake(String hex) throws IOException {
    try (RawMysqlClient client = connected()) {
      client.send(packet(1, HexFormat.of().parseHex(hex)));
      List<Reply> said = client.readToEnd();
      assertThat(refusal(said)).as(said.toString()).isEqualTo(1043);
    }
  }

  @Test
  void capabilitiesThatContradictEachOtherAreNoWayIn() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      long some = random.nextLong() & 0xffff_ffffL;
      try (RawMysqlClient client = connected()) {
        byte[] response = client.response(RawMysqlClient.CAPABILITIES, "nobody", "guess");
        for (int b = 0; b < 4; b++) {
          response[b] = (byte) (some >> (8 * b));
        }
        client.send(packet(1, response));
        client.socket().shutdownOutput();
        for (Reply reply : client.readToEnd()) {
          assertThat(reply.header()).as(Long.toHexString(some)).isNotZero();
        }
      }
    }
  }

  @Test
  void tlsThatWasNotOfferedIsRefused() throws IOException {
    try (RawMysqlClient client = RawMysqlClient.connect(weir.port())) {
      boolean offered = Capabilities.has(client.greeting().capabilities(), Capabilities.SSL);
      client.send(packet(1,
          RawMysqlClient.bytes(new SslRequest(RawMysqlClient.CAPABILITIES | Capabilities.SSL,
              1 << 24, Collation.UTF8MB4_GENERAL_CI), 0)),
          packet(2, client.response(RawMysqlClient.CAPABILITIES, weir.user(),
              MysqlWeir.PASSWORD)));
      List<Reply> said = client.readToEnd(); // a login in the clear behind it is no login either way
      assertThat(said.stream().noneMatch(reply -> reply.header() == 0)).as(offered + " " + said)
          .isTrue();
    }
  }

  @Test
  void whoSaysNothingIsShownTheDoor() throws IOException {
    List<RawMysqlClient> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        silent.add(connected());
      }
      silent.getFirst().send(header(100, 1), new byte[40]);
      for (RawMysqlClient client : silent) {
        assertThat(refusal(client.readToEnd())).isEqualTo(1159);
      }
    } finally {
      for (RawMysqlClient client : silent) {
        client.close();
      }
    }
  }

  @Test
  void commandsInsteadOfALoginAreRefused() throws IOException {
    try (RawMysqlClient client = connected()) {
      client.send(query("SELECT 1"));
      assertThat(refusal(client.readToEnd())).isEqualTo(1043);
    }
  }

  // --- commands ---

  @Test
  void everyCommandNumberIsAnsweredOrEndsTheSession() throws IOException {
    for (int code = 0; code < 256; code++) {
      if (code == 1) {
        continue; // QUIT
      }
      for (int length : new int[]{0, 1, 3, 4, 9, 40}) {
        try (RawMysqlClient client = loggedIn()) {
          client.send(command(code, new byte[length]), query("SELECT 'behind'"));
          client.socket().shutdownOutput();
          assertThat(client.readToEnd().size()).as("command " + code + " of " + length)
              .isGreaterThanOrEqualTo(0);
        }
      }
    }
  }

  @Test
  void anEmptyPacketAndOneOutOfOrderEndTheSession() throws IOException {
    try (RawMysqlClient client = loggedIn()) {
      client.send(packet(0));
      assertThat(refusal(client.readToEnd())).isNotZero();
    }
    try (RawMysqlClient client = loggedIn()) {
      client.send(packet(3, new byte[]{3}, "SELECT 1".getBytes(UTF_8)));
      List<Reply> said = client.readToEndOrAnswer();
      assertThat(said).isNotEmpty();
    }
  }

  @Test
  void statementsThatDoNotExistAreErrorsAndTheSessionGoesOn() throws IOException {
    try (RawMysqlClient client = loggedIn()) {
      byte[] id = {77, 0, 0, 0};
      client.send(command(0x17, id, new byte[]{0, 1, 0, 0, 0}));
      assertThat(client.reply().errno()).isEqualTo(1243);
      client.send(command(0x1c, id, new byte[]{1, 0, 0, 0}));
      assertThat(client.reply().errno()).isEqualTo(1243);
      client.send(command(0x1a, id));
      assertThat(client.reply().errno()).isEqualTo(1243);
      client.send(command(0x19, id)); // close: nobody is answered
      assertThat(client.value("SELECT 'on'")).isEqualTo("on");
    }
  }

  @Test
  void anExecuteWithoutItsParametersEndsOnlyItsOwnSession() throws IOException {
    for (int length = 0; length < 40; length++) {
      try (RawMysqlClient client = loggedIn()) {
        client.send(command(0x16, "SELECT ?, ?, ?".getBytes(UTF_8)));
        Reply prepared = client.reply();
        assertThat(prepared.header()).isZero();
        for (int i = 0; i < 8; i++) {
          client.read(); // three parameters, three columns, an end of each
        }
        byte[] body = new byte[length];
        new Random(length).nextBytes(body);
        client.send(command(0x17, Arrays.copyOfRange(prepared.body(), 1, 5), body));
        client.socket().shutdownOutput();
        client.readToEnd();
      }
    }
  }

  @Test
  void commandsOfOneBreathAreAnsweredInTheirOrder() throws IOException {
    try (RawMysqlClient client = loggedIn()) {
      byte[] all = {};
      for (int i = 0; i < 100; i++) {
        all = RawClient.concat(all, query("SELECT 'n" + i + "'"));
      }
      client.send(all);
      for (int i = 0; i < 100; i++) {
        assertThat(client.value()).isEqualTo("n" + i);
      }
    }
  }

  @Test
  void aCommandMayComeByteByByte() throws IOException {
    try (RawMysqlClient client = loggedIn()) {
      for (byte one : query("SELECT 'slow'")) {
        client.send(new byte[]{one});
      }
      assertThat(client.value()).isEqualTo("slow");
    }
  }

  @Test
  void whatIsLongerThanAllowedIsRefusedAndTheSessionGoesOn() throws IOException {
    try (RawMysqlClient client = loggedIn()) {
      String tooLong = "SELECT LENGTH('" + "x".repeat(3 * MEGA) + "')";
      assertThat(client.value(tooLong)).contains("1153");
      assertThat(client.value("SELECT 'on'")).isEqualTo("on");
    }
  }

  @Test
  void aCommandThatNeverEndsHoldsNothing() throws IOException {
    try (RawMysqlClient client = loggedIn()) {
      client.send(header(MEGA, 0), new byte[]{3}, new byte[MEGA / 2]);
    }
    try (RawMysqlClient client = loggedIn()) {
      client.send(header(0xffffff, 0), new byte[]{3}, new byte[4 * MEGA]);
    }
  }

  @Test
  void aClientThatLeavesInTheMiddleOfItsResultHarmsNobody() throws IOException {
    for (int i = 0; i < 10; i++) {
      try (RawMysqlClient client = loggedIn()) {
        client.send(query("SELECT REPEAT('x', 1000000), a.* FROM information_schema.collations a"));
        client.read();
      }
    }
  }

  @Test
  void aChangeOfUserThatIsCutOrWrongIsRefused() throws IOException {
    for (int length = 0; length < 30; length++) {
      try (RawMysqlClient client = loggedIn()) {
        client.send(command(0x11, Arrays.copyOf(
            RawClient.concat(RawClient.cstring("nobody"), new byte[]{20}, new byte[40]), length)));
        client.socket().shutdownOutput();
        for (Reply reply : client.readToEnd()) {
          assertThat(reply.header()).as("cut at " + length).isNotZero();
        }
      }
    }
  }

  /** Seeds are named when it fails. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void garbageOfAnyKindEndsItsOwnSessionOnly(long seed) throws IOException {
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      try (RawMysqlClient client = random.nextInt(4) == 0 ? connected() : loggedIn()) {
        for (int i = random.nextInt(5); i >= 0; i--) {
          byte[] body = new byte[random.nextInt(random.nextBoolean() ? 8 : 300)];
          random.nextBytes(body);
          if (body.length > 0) {
            body[0] = (byte) random.nextInt(0x22);
          }
          int announced = random.nextInt(5) == 0 ? random.nextInt(1 << 24) : body.length;
          client.send(header(announced, random.nextInt(6) == 0 ? random.nextInt(256) : 0), body);
        }
        client.socket().shutdownOutput();
        client.readToEnd();
      } catch (SocketException _) {
        // it has had enough of us
      }
    }
  }
}
