package dev.weir.core.mysql.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Lines and records as readers of ProxySQL's logs expect them. */
class EventFormatsTest {
  private static final long START = LocalDateTime.of(2024, 5, 6, 7, 8, 9)
      .atZone(ZoneId.systemDefault()).toEpochSecond() * 1_000_000 + 12_345;
  private static final long DIGEST = 0x1C46AE529DD5A40EL;

  private static QueryEvent query(boolean json, QueryEvent.Kind kind, String sql,
      @Nullable String server, int errno) {
    return new QueryEvent(json, kind, 300, "app", "shop", "10.0.0.1:5000", server, 7, START,
        START + 1500, 2, 70_000, 1, DIGEST, sql.getBytes(StandardCharsets.UTF_8), 9, errno);
  }

  private static String line(LogEvent event) {
    ByteBuf out = Unpooled.buffer();
    event.writeTo(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aQueryIsALineWithSortedKeys() {
    assertThat(line(query(true, QueryEvent.Kind.COM_QUERY, "SELECT \"ü\"\n\u0001\\",
        "db1:3306", 0)))
        .isEqualTo("{\"client\":\"10.0.0.1:5000\",\"digest\":\"0x1C46AE529DD5A40E\","
            + "\"duration_us\":1500,\"endtime\":\"2024-05-06 07:08:09.013845\","
            + "\"endtime_timestamp_us\":" + (START + 1500) + ",\"event\":\"COM_QUERY\","
            + "\"hostgroup_id\":7,\"last_insert_id\":70000,"
            + "\"query\":\"SELECT \\\"ü\\\"\\n\\u0001\\\\\",\"rows_affected\":2,\"rows_sent\":1,"
            + "\"schemaname\":\"shop\",\"server\":\"db1:3306\","
            + "\"starttime\":\"2024-05-06 07:08:09.012345\",\"starttime_timestamp_us\":" + START
            + ",\"thread_id\":300,\"username\":\"app\"}\n");
  }

  @Test
  void withoutAServerThereIsNoHostgroup() {
    assertThat(line(query(true, QueryEvent.Kind.COM_STMT_EXECUTE, "SELECT ?", null, 1148)))
        .startsWith("{\"client\":\"10.0.0.1:5000\",\"client_stmt_id\":9,\"digest\":")
        .contains("\"errno\":1148,\"event\":\"COM_STMT_EXECUTE\",\"hostgroup_id\":-1,")
        .doesNotContain("\"server\"");
  }

  @Test
  void bytesThatAreNoUtf8AreReplaced() {
    QueryEvent event = new QueryEvent(true, QueryEvent.Kind.COM_QUERY, 1, "u", "", "c", null, 0,
        START, START, 0, 0, 0, 0, new byte[]{'x', (byte) 0xff, 'y'}, 0, 0);
    assertThat(line(event)).contains("\"query\":\"x\uFFFDy\"");
  }

  @Test
  void aQueryIsARecordOfLengthEncodedFields() {
    ByteBuf out = Unpooled.buffer();
    query(false, QueryEvent.Kind.COM_QUERY, "SELECT 1", "db1:3306", 0).writeTo(out);
    String fields = "00" // COM_QUERY
        + "fc2c01" // session 300
        + "03" + hex("app") + "04" + hex("shop") + "0d" + hex("10.0.0.1:5000")
        + "07" + "08" + hex("db1:3306")
        + "fe" + little(START) + "fe" + little(START + 1500)
        + "02" + "fd701101" + "01"
        + "fe" + little(DIGEST)
        + "08" + hex("SELECT 1");
    assertThat(ByteBufUtil.hexDump(out)).isEqualTo(little(fields.length() / 2) + fields);
  }

  @Test
  void aRecordWithoutAServerSaysSoAndAStatementHasItsId() {
    ByteBuf out = Unpooled.buffer();
    query(false, QueryEvent.Kind.COM_STMT_PREPARE, "DO ?", null, 0).writeTo(out);
    String hex = ByteBufUtil.hexDump(out);
    assertThat(hex).startsWith(little(hex.length() / 2 - 8) + "11fc2c01");
    assertThat(hex).contains(hex("10.0.0.1:5000") + "fe" + "ff".repeat(8) + "fe" + little(START)
        + "fe" + little(START + 1500) + "09" + "02");
  }

  @Test
  void anAuditEventIsALineWithSortedKeys() {
    assertThat(line(new AuditEvent("MySQL_Client_Connect_OK", START, 5, "app", "shop",
        "10.0.0.1:5000", "10.0.0.2:6033", true, null, 0)))
        .isEqualTo("{\"client_addr\":\"10.0.0.1:5000\",\"event\":\"MySQL_Client_Connect_OK\","
            + "\"proxy_addr\":\"10.0.0.2:6033\",\"schemaname\":\"shop\",\"ssl\":true,"
            + "\"thread_id\":5,\"time\":\"2024-05-06 07:08:09.012\",\"timestamp\":" + START / 1000
            + ",\"username\":\"app\"}\n");
  }

  @Test
  void theEndTellsHowLongItWas() {
    assertThat(line(new AuditEvent("Admin_Close", START, 5, "admin", "", "localhost", null, false,
        "client gone", START - 2_500_250)))
        .isEqualTo("{\"client_addr\":\"localhost\",\"creation_time\":\"2024-05-06 07:08:06.512\","
            + "\"duration\":\"2500.250ms\",\"event\":\"Admin_Close\",\"extra_info\":\"client gone\","
            + "\"schemaname\":\"\",\"ssl\":false,\"thread_id\":5,"
            + "\"time\":\"2024-05-06 07:08:09.012\",\"timestamp\":" + START / 1000
            + ",\"username\":\"admin\"}\n");
  }

  @Test
  void jsonIsWrittenInOneLineOrIndented() {
    Map<String, Object> inner = new TreeMap<>(Map.of("b", 1, "a", true));
    Map<String, Object> all = new TreeMap<>(
        Map.of("list", List.of(inner, "x\"y"), "none", List.of(), "empty", Map.of()));
    assertThat(JsonText.of(all, false))
        .isEqualTo("{\"empty\":{},\"list\":[{\"a\":true,\"b\":1},\"x\\\"y\"],\"none\":[]}");
    assertThat(JsonText.of(inner, true)).isEqualTo("{\n    \"a\": true,\n    \"b\": 1\n}");
  }

  private static String hex(String text) {
    return ByteBufUtil.hexDump(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String little(long value) {
    return ByteBufUtil.hexDump(Unpooled.buffer(8).writeLongLE(value));
  }
}
