package dev.weir.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is written down of statements and clients, and what follows from it. */
class MysqlLogsIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb)
      .set("eventslog_filename", "\"queries\"").set("eventslog_format", "2")
      .set("auditlog_filename", "\"audit\"");

  @AfterEach
  void asBefore() throws SQLException {
    weir.configure("DELETE FROM mysql_query_rules", "LOAD MYSQL QUERY RULES TO RUNTIME",
        "SET mysql-eventslog_default_log = 0", "SET mysql-eventslog_format = 2",
        "SET mysql-eventslog_filename = 'queries'", "SET mysql-long_query_time = 1000",
        "SET mysql-client_host_cache_size = 0", "SET mysql-client_host_error_counts = 0",
        "SET mysql-show_processlist_extended = 0", "LOAD MYSQL VARIABLES TO RUNTIME");
  }

  private static String tag() {
    return "tag" + System.nanoTime();
  }

  private static List<Path> files(String base) {
    try (Stream<Path> all = Files.list(weir.folder().resolve("data"))) {
      return all.filter(file -> file.getFileName().toString().matches(base + "\\.[0-9]{8}"))
          .sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lines of all files that hold all of these. */
  private static List<String> lines(String base, String... parts) {
    List<String> found = new ArrayList<>();
    for (Path file : files(base)) {
      try {
        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).lines()
            .filter(line -> Stream.of(parts).allMatch(line::contains)).forEach(found::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }

  private static String awaitLine(String base, String... parts) {
    WeirServer.await(base + " with " + String.join(" and ", parts),
        () -> !lines(base, parts).isEmpty());
    return lines(base, parts).getFirst();
  }

  private static void set(String... assignments) throws SQLException {
    for (String assignment : assignments) {
      weir.configure("SET mysql-" + assignment);
    }
    weir.configure("LOAD MYSQL VARIABLES TO RUNTIME");
  }

  // --- query log ---

  @Test
  void aStatementIsALine() throws SQLException {
    set("eventslog_default_log = 1");
    String tag = tag();
    try (Connection client = weir.connect()) {
      run(client, "CREATE TEMPORARY TABLE logged (id int primary key auto_increment, v text)",
          "INSERT INTO logged (v) VALUES ('" + tag + " a'), ('b')",
          "SELECT '" + tag + " read' UNION SELECT 'x'");
    }
    assertThat(awaitLine("queries", tag + " a"))
        .startsWith("{\"client\":\"127.0.0.1:")
        .contains("\"event\":\"COM_QUERY\",\"hostgroup_id\":0,\"last_insert_id\":1,\"query\":"
            + "\"INSERT INTO logged (v) VALUES ('" + tag
            + " a'), ('b')\",\"rows_affected\":2,\"rows_sent\":0,\"schemaname\":\""
            + mariaDb.database() + "\",\"server\":\"127.0.0.1:" + mariaDb.port() + "\"")
        .endsWith("\"username\":\"" + weir.user() + "\"}");
    assertThat(awaitLine("queries", tag + " read")).contains("\"rows_sent\":2");
  }

  @Test
  void aRuleDecidesAgainstTheDefault() throws SQLException {
    String tag = tag();
    weir.configure(
        "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, log, apply) VALUES"
            + " (1, 1, 'written', 1, 1), (2, 1, 'silent', 0, 1)",
        "LOAD MYSQL QUERY RULES TO RUNTIME");
    try (Connection client = weir.connect()) {
      value(client, "SELECT '" + tag + " default off'");
      value(client, "SELECT '" + tag + " written'");
      set("eventslog_default_log = 1");
      value(client, "SELECT '" + tag + " silent'");
      value(client, "SELECT '" + tag + " default on'");
    }
    awaitLine("queries", tag + " default on");
    assertThat(lines("queries", tag)).hasSize(2).first().asString().contains("written");
  }

  @Test
  void preparedStatementsAreLinesWithTheClientsNumber() throws SQLException {
    set("eventslog_default_log = 1");
    String tag = tag();
    try (Connection client = weir.connect("useServerPrepStmts=true")) {
      try (PreparedStatement first = client.prepareStatement("SELECT ?, 'other'");
          PreparedStatement second = client.prepareStatement("SELECT ?, '" + tag + "'")) {
        first.setInt(1, 1);
        first.executeQuery().close();
        second.setInt(1, 1);
        second.executeQuery().close();
      }
    }
    String prepared = awaitLine("queries", tag, "COM_STMT_PREPARE");
    String executed = awaitLine("queries", tag, "COM_STMT_EXECUTE");
    String id = prepared.replaceAll(".*(\"client_stmt_id\":[0-9]+).*", "$1");
    assertThat(id).matches("\"client_stmt_id\":[1-9][0-9]*");
    assertThat(executed).contains(id + ",").contains("\"rows_sent\":1");
  }

  @Test
  void whatNoServerAnsweredSaysSo() throws SQLException {
    String tag = tag();
    weir.configure("INSERT INTO mysql_query_rules (rule_id, active, match_pattern, log, error_msg,"
        + " apply) VALUES (1, 1, '" + tag + "', 1, 'no', 1)",
        "LOAD MYSQL QUERY RULES TO RUNTIME");
    try (Connection client = weir.connect()) {
      assertThatThrownBy(() -> value(client, "SELECT '" + tag + "'")).hasMessageContaining("no");
    }
    assertThat(awaitLine("queries", tag)).contains("\"errno\":1148")
        .contains("\"hostgroup_id\":-1").doesNotContain("\"server\"");
  }

  @Test
  void flushBeginsNewFilesOfBothLogs() throws SQLException {
    set("eventslog_default_log = 1");
    String before = tag();
    try (Connection client = weir.connect()) {
      value(client, "SELECT '" + before + "'");
      awaitLine("queries", before);
      int queries = files("queries").size();
      int audits = files("audit").size();
      weir.configure("PROXYSQL FLUSH LOGS");
      WeirServer.await("new files", () -> files("queries").size() == queries + 1
          && files("audit").size() == audits + 1);
      String after = tag();
      value(client, "SELECT '" + after + "'");
      awaitLine("queries", after);
      assertThat(contents(files("queries").getLast())).contains(after).doesNotContain(before);
    }
  }

  private static String contents(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theOtherFormatIsBinary() throws Exception {
    set("eventslog_default_log = 1", "eventslog_format = 1", "eventslog_filename = 'binary'");
    String tag = tag();
    try (Connection client = weir.connect()) {
      value(client, "SELECT '" + tag + "'");
    }
    awaitLine("binary", tag);
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(files("binary").getFirst()))
        .order(ByteOrder.LITTLE_ENDIAN);
    List<String> texts = new ArrayList<>();
    while (all.hasRemaining()) {
      int length = Math.toIntExact(all.getLong());
      byte[] record = new byte[length];
      all.get(record);
      texts.add(new String(record, StandardCharsets.ISO_8859_1));
    }
    assertThat(texts).filteredOn(text -> text.contains(tag)).singleElement().asString()
        .startsWith("\0").contains(weir.user()).endsWith("SELECT '" + tag + "'");
  }

  @Test
  void aDiskThatCannotBeWrittenStopsNobody() throws SQLException {
    weir.log().clear();
    set("eventslog_default_log = 1", "eventslog_filename = '/nonexistent/folder/queries'");
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      for (int i = 0; i < 20; i++) {
        assertThat(value(client, "SELECT " + i)).isEqualTo(Integer.toString(i));
      }
      weir.log().await("query log: cannot begin a file /nonexistent/folder/queries", 1);
      WeirServer.await("lost events are counted", () -> Long.parseLong(String.valueOf(value(admin,
          "SELECT Variable_Value FROM stats_mysql_global"
              + " WHERE Variable_Name = 'Eventslog_events_lost'"))) >= 20);
    }
  }

  // --- audit log ---

  @Test
  void clientsComeAndGoInTheAuditLog() throws SQLException {
    String from;
    try (Connection client = weir.connect()) {
      String id = "\"thread_id\":" + value(client, "SELECT CONNECTION_ID()") + ",";
      assertThat(awaitLine("audit", "MySQL_Client_Connect_OK", id))
          .contains("\"proxy_addr\":\"127.0.0.1:" + weir.port() + "\"")
          .contains("\"schemaname\":\"" + mariaDb.database() + "\",\"ssl\":false")
          .endsWith("\"username\":\"" + weir.user() + "\"}");
      client.setCatalog("information_schema");
      assertThat(awaitLine("audit", "MySQL_Client_Init_DB", id))
          .contains("\"schemaname\":\"information_schema\"");
      from = id;
    }
    awaitLine("audit", "MySQL_Client_Quit", from);
    assertThat(awaitLine("audit", "MySQL_Client_Close", from)).contains("\"creation_time\":\"")
        .containsPattern("\"duration\":\"[0-9]+\\.[0-9]{3}ms\"")
        .contains("\"extra_info\":\"client close request\"");
  }

  @Test
  void refusedLoginsAreInTheAuditLog() {
    String nobody = "n" + System.nanoTime();
    assertThatThrownBy(() -> weir.connectAs(nobody, "guess").close())
        .isInstanceOf(SQLException.class);
    assertThat(awaitLine("audit", "MySQL_Client_Connect_ERR", nobody)).contains("Access denied");
  }

  @Test
  void operatorsComeAndGoInTheAuditLog() throws SQLException {
    int known = lines("audit", "Admin_Close").size();
    weir.admin().close();
    assertThatThrownBy(() -> weir.admin("admin", "guess").close())
        .isInstanceOf(SQLException.class);
    awaitLine("audit", "Admin_Connect_OK", "\"username\":\"admin\"");
    awaitLine("audit", "Admin_Connect_ERR", "Access denied");
    awaitLine("audit", "Admin_Quit");
    WeirServer.await("both have gone", () -> lines("audit", "Admin_Close").size() >= known + 2);
    assertThat(lines("audit", "Admin_")).noneMatch(line -> line.contains("proxy_addr"));
  }

  // --- slow statements, hosts, the process list ---

  @Test
  void slowStatementsAreCounted() throws SQLException {
    String slow = "SELECT Variable_Value FROM stats_mysql_global"
        + " WHERE Variable_Name = 'Slow_queries'";
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      String before = value(admin, slow);
      value(client, "SELECT SLEEP(0.2)");
      assertThat(value(admin, slow)).isEqualTo(before);
      set("long_query_time = 150");
      value(client, "SELECT SLEEP(0.2)");
      assertThat(value(admin, slow)).isNotEqualTo(before);
    }
  }

  @Test
  void aHostOfManyFailuresIsKeptOutUntilItIsForgotten() throws SQLException {
    set("client_host_cache_size = 10", "client_host_error_counts = 3");
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> weir.connectAs(weir.user(), "guess").close())
          .hasMessageContaining("Access denied");
    }
    assertThatThrownBy(() -> weir.connect().close())
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo(1129));
    try (Connection admin = weir.admin()) {
      assertThat(
          rows(admin, "SELECT client_address, error_count FROM stats_mysql_client_host_cache"))
          .containsExactly("127.0.0.1|3");
      run(admin, "PROXYSQL FLUSH MYSQL CLIENT HOSTS");
      weir.connect().close();
      assertThat(rows(admin, "SELECT * FROM stats_mysql_client_host_cache")).isEmpty();
      assertThat(value(admin, "SELECT Variable_Value FROM stats_mysql_global"
          + " WHERE Variable_Name = 'client_host_error_killed_connections'")).isEqualTo("1");
    }
  }

  @Test
  void theProcessListTellsMoreWhenItIsAsked() throws SQLException {
    String info = "SELECT extended_info FROM stats_mysql_processlist";
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      run(client, "START TRANSACTION", "SELECT 1");
      assertThat(value(admin, info)).isNull();
      set("show_processlist_extended = 1");
      assertThat(value(admin, info)).contains("\"default_schema\":\"" + mariaDb.database() + "\"")
          .contains("\"hostgroup_id\":0").contains("\"active_transactions\":1");
      assertThat(value(admin, "SELECT JSON_EXTRACT(extended_info, '$.client.client_addr.address')"
          + " FROM stats_mysql_processlist")).isEqualTo("127.0.0.1");
      set("show_processlist_extended = 2");
      assertThat(value(admin, info)).contains("\n    \"autocommit\": true,");
      run(client, "ROLLBACK");
    }
  }
}
