package dev.weir.it;

import dev.weir.mysql.packet.AuthResponse;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.ComQuery;
import dev.weir.mysql.packet.ComStmtPrepare;
import dev.weir.mysql.packet.FieldType;
import dev.weir.mysql.packet.ParameterType;
import dev.weir.mysql.packet.QueryAttribute;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Query attributes, towards a server that says that it knows them: a MySQL of today is not at hand. */
class MysqlAttributesIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb);

  private @Nullable ScriptedMysql fake;

  @BeforeEach
  void onlyTheFakeIsThere() throws Exception {
    fake = ScriptedMysql.start((with, response) -> true,
        Capabilities.MYSQL | Capabilities.QUERY_ATTRIBUTES, null);
    weir.configure("UPDATE mysql_servers SET port = " + fake().port(),
        "LOAD MYSQL SERVERS TO RUNTIME");
    try (MysqlRawClient first = login(0)) {
      assertThat(first.greeting().capabilities() & Capabilities.QUERY_ATTRIBUTES).isZero();
      assertThat(first.query("SELECT 1")).isEqualTo("fake"); // from here on the server is known
    }
  }

  @AfterEach
  void theServerIsBack() throws Exception {
    weir.configure("DELETE FROM mysql_query_rules", "LOAD MYSQL QUERY RULES TO RUNTIME",
        "UPDATE mysql_servers SET port = " + mariaDb.port(), "LOAD MYSQL SERVERS TO RUNTIME");
    fake().close();
  }

  private ScriptedMysql fake() {
    ScriptedMysql made = fake;
    if (made == null) {
      throw new IllegalStateException();
    }
    return made;
  }

  private static MysqlRawClient login(long wanted) throws IOException {
    MysqlRawClient client = MysqlRawClient.connect(weir.port());
    client.login(weir.user(), MysqlWeir.PASSWORD, wanted, 0);
    return client;
  }

  private static List<QueryAttribute> attributes(String value) {
    ByteBuf bytes = Unpooled.buffer();
    bytes.writeByte(value.length()).writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    byte[] all = new byte[bytes.readableBytes()];
    bytes.readBytes(all);
    return List.of(
        new QueryAttribute(new ParameterType(FieldType.STRING, false, "trace"),
            ByteString.of(all)),
        new QueryAttribute(new ParameterType(FieldType.STRING, false, "none"), null));
  }

  private static String query(MysqlRawClient client, String sql, List<QueryAttribute> attributes)
      throws IOException {
    return client.answer(new ComQuery(attributes, ByteString.of(sql)));
  }

  @Test
  void attributesOfAQueryArriveAndTheRulesSeeItsText() throws Exception {
    weir.configure(
        "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, replace_pattern, apply)"
            + " VALUES (1, 1, '^SELECT old', 'SELECT new', 1)",
        "LOAD MYSQL QUERY RULES TO RUNTIME");
    try (MysqlRawClient client = login(Capabilities.QUERY_ATTRIBUTES)) {
      assertThat(query(client, "SELECT a", attributes("t1"))).isEqualTo("fake");
      assertThat(query(client, "SELECT old", attributes("t2"))).isEqualTo("fake");
      assertThat(query(client, "SELECT b", List.of())).isEqualTo("fake");
      assertThat(query(client, "SELECT old", List.of())).isEqualTo("fake");
    }
    assertThat(fake().heard()).contains("trace=t1 none=null SELECT a",
        "trace=t2 none=null SELECT new", "SELECT b", "SELECT new");
  }

  @Test
  void clientsWithoutThemHaveConnectionsOfTheirOwn() throws Exception {
    try (MysqlRawClient with = login(Capabilities.QUERY_ATTRIBUTES);
        MysqlRawClient without = login(0)) {
      for (int i = 0; i < 3; i++) {
        assertThat(query(with, "SELECT with", attributes("t"))).isEqualTo("fake");
        assertThat(without.query("SELECT without")).isEqualTo("fake");
      }
    }
    assertThat(fake().heard()).contains("trace=t none=null SELECT with", "SELECT without")
        .noneMatch(text -> text.startsWith("failed: dev.weir"));
  }

  /** Ids are the server's; attributes and the types of parameters go along, also when the client leaves the types out. */
  @Test
  void attributesOfAnExecutionArrive() throws Exception {
    try (MysqlRawClient client = login(Capabilities.QUERY_ATTRIBUTES)) {
      client.send(0, new ComStmtPrepare(ByteString.of("DO ?")));
      int id = client.next().getIntLE(1);
      client.next(); // the parameter
      String given = "0801000000" // PARAMETER_COUNT_AVAILABLE, one iteration
          + "02" + "00" + "01" // two parameters, no NULL, types follow
          + "0300" + "00" + "fe00" + "05" + hex("trace") // LONG without a name, STRING
          + "2a000000" + "02" + hex("t1");
      client.send(0, execute(id, given));
      assertThat(client.next().getByte(0)).isZero();
      assertThat(fake().heard().getLast()).endsWith(given).startsWith("17");
      String without = "0801000000" + "02" + "00" + "00" + "2b000000" + "02" + hex("t2");
      client.send(0, execute(id, without));
      assertThat(client.next().getByte(0)).isZero();
      assertThat(fake().heard().getLast()).endsWith(without);
    }
  }

  private static AuthResponse execute(int id, String rest) {
    ByteBuf bytes = Unpooled.buffer();
    bytes.writeByte(0x17).writeIntLE(id).writeBytes(HexFormat.of().parseHex(rest));
    byte[] all = new byte[bytes.readableBytes()];
    bytes.readBytes(all);
    return new AuthResponse(ByteString.of(all));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void whatIsCutEndsTheSession() throws Exception {
    try (MysqlRawClient client = login(Capabilities.QUERY_ATTRIBUTES)) {
      client.send(0, new AuthResponse(
          ByteString.of(HexFormat.of().parseHex("0302010001fe0005"))));
      assertThat(client.next().getUnsignedByte(0)).isEqualTo((short) 0xff);
      client.awaitClosed();
    }
  }

  @Test
  void moreAttributesThanAreLookedAtAreRefused() throws Exception {
    try (MysqlRawClient client = login(Capabilities.QUERY_ATTRIBUTES)) {
      ByteBuf bytes = Unpooled.buffer();
      bytes.writeBytes(HexFormat.of().parseHex("03010100" + "01" + "fe00" + "0174" + "fd00000a"))
          .writeZero(0x0a0000).writeBytes("SELECT 1".getBytes(StandardCharsets.US_ASCII));
      byte[] all = new byte[bytes.readableBytes()];
      bytes.readBytes(all);
      ByteBuf packet = Unpooled.buffer();
      packet.writeMediumLE(all.length).writeByte(0).writeBytes(all);
      client.sendRaw(packet);
      ByteBuf refused = client.next();
      assertThat(refused.toString(StandardCharsets.US_ASCII)).contains("64 KiB");
      assertThat(query(client, "SELECT 2", List.of())).isEqualTo("fake");
    }
  }

  /** The server was replaced by one that lacks what the client counts on. */
  @Test
  void aServerThatLacksThemIsNamedInTheError() throws SQLException, IOException {
    try (MysqlRawClient client = login(Capabilities.QUERY_ATTRIBUTES)) {
      assertThat(query(client, "SELECT 1", List.of())).isEqualTo("fake");
      weir.configure("UPDATE mysql_servers SET port = " + mariaDb.port(),
          "LOAD MYSQL SERVERS TO RUNTIME");
      assertThatThrownBy(() -> query(client, "SELECT 1", List.of()))
          .hasMessageContaining("127.0.0.1:" + mariaDb.port())
          .hasMessageContaining("query attributes");
      client.awaitClosed();
    }
    try (MysqlRawClient client = login(Capabilities.QUERY_ATTRIBUTES)) {
      assertThat(client.greeting().capabilities() & Capabilities.QUERY_ATTRIBUTES).isZero();
      assertThat(client.query("SELECT 1")).isEqualTo("1");
    }
  }
}
