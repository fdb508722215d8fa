package dev.weir.it;

import dev.weir.mysql.packet.Capabilities;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The query cache: whoever gets a result from it gets what a server would have sent this very client, but for its age. */
class MysqlCacheIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb).maxConnections(4);

  private static String other = "";

  @BeforeAll
  static void rules() throws SQLException {
    other = mariaDb.createUser(MysqlWeir.PASSWORD);
    mariaDb.execute("create table t (id int primary key, v varchar(100))");
    weir.configure(
        "INSERT INTO mysql_users (username, password) VALUES ('" + other + "', '"
            + MysqlWeir.PASSWORD.replace("'", "''") + "')",
        rule(1, "match_pattern, cache_ttl", "'long', 600000"),
        rule(2, "match_pattern, cache_ttl", "'short', 300"),
        rule(3, "match_pattern, cache_ttl, cache_empty_result", "'empty0', 600000, 0"),
        rule(4, "match_pattern, cache_ttl, cache_empty_result", "'empty1', 600000, 1"),
        rule(5, "match_pattern, replace_pattern, cache_ttl", "'rewritten', 'one', 600000"),
        rule(6, "match_pattern, multiplex, cache_ttl", "'pinned', 0, 600000"),
        "LOAD MYSQL USERS TO RUNTIME", "LOAD MYSQL QUERY RULES TO RUNTIME");
  }

  private static String rule(int id, String columns, String values) {
    return "INSERT INTO mysql_query_rules (rule_id, active, apply, " + columns + ") VALUES (" + id
        + ", 1, 1, " + values + ")";
  }

  @BeforeEach
  void anEmptyCacheAndOneRow() throws SQLException {
    weir.configure("PROXYSQL FLUSH QUERY CACHE");
    put("old");
  }

  /** At the server, behind the proxy's back. */
  private static void put(String v) throws SQLException {
    mariaDb.execute("REPLACE INTO t VALUES (1, '" + v + "')");
  }

  private static long global(String name) throws SQLException {
    try (Connection admin = weir.admin()) {
      return Long.parseLong(value(admin,
          "SELECT Variable_Value FROM stats_mysql_global WHERE Variable_Name = 'Query_Cache_" + name
              + "'"));
    }
  }

  private static String read(String how) {
    return "SELECT /*" + how + "*/ v FROM t WHERE id = 1";
  }

  private static MysqlTextClient raw(long capabilities) throws IOException {
    return MysqlTextClient.connect(weir.port(), weir.user(), MysqlWeir.PASSWORD, mariaDb.database(),
        capabilities);
  }

  // --- hits ---

  @Test
  void aResultIsServedToOthersWithoutAServer() throws SQLException {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      long gets = global("count_GET");
      long hits = global("count_GET_OK");
      long sets = global("count_SET");
      assertThat(value(one, read("long"))).isEqualTo("old");
      put("new");
      weir.configure("UPDATE mysql_servers SET status = 'OFFLINE_SOFT'",
          "LOAD MYSQL SERVERS TO RUNTIME");
      try {
        assertThat(value(one, read("long"))).isEqualTo("old");
        assertThat(value(two, read("long"))).isEqualTo("old");
      } finally {
        weir.configure("UPDATE mysql_servers SET status = 'ONLINE'",
            "LOAD MYSQL SERVERS TO RUNTIME");
      }
      assertThat(value(one, read("uncached"))).isEqualTo("new");
      assertThat(global("count_GET") - gets).isEqualTo(3);
      assertThat(global("count_GET_OK") - hits).isEqualTo(2);
      assertThat(global("count_SET") - sets).isEqualTo(1);
      assertThat(global("Entries")).isEqualTo(1);
      assertThat(global("Memory_bytes")).isBetween(100L, 2000L);
      assertThat(global("bytes_OUT")).isPositive();
    }
  }

  @Test
  void hitsAreCountedInDigestsWithoutAHostgroup() throws SQLException {
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      run(admin, "SELECT COUNT(*) FROM stats_mysql_query_digest_reset");
      for (int i = 0; i < 3; i++) {
        value(client, read("long"));
      }
      assertThat(rows(admin, "SELECT hostgroup, count_star, sum_rows_sent, client_address "
          + "FROM stats_mysql_query_digest WHERE digest_text LIKE 'SELECT v FROM t%' "
          + "ORDER BY hostgroup")).containsExactly("-1|2|2|", "0|1|1|");
    }
  }

  @Test
  void aResultEndsWithItsTime() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThat(value(client, read("short"))).isEqualTo("old");
      put("new");
      WeirServer.await("the new value", () -> "new".equals(value(client, read("short"))));
      WeirServer.await("an empty cache", () -> global("Entries") == 0);
      assertThat(global("Memory_bytes")).isZero();
      assertThat(global("Purged")).isPositive();
    }
  }

  @Test
  void aFlushEndsThemAll() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThat(value(client, read("long"))).isEqualTo("old");
      put("new");
      for (String flush : List.of("proxysql flush query cache", "FLUSH MYSQL QUERY CACHE")) {
        weir.configure(flush);
        assertThat(global("Entries")).isZero();
        assertThat(value(client, read("long"))).isEqualTo("new");
        assertThat(global("Entries")).isEqualTo(1);
      }
    }
  }

  @Test
  void aWishInACommentIsObeyed() throws SQLException {
    String sql = "/* cache_ttl=600000 */ SELECT v FROM t WHERE id = 1";
    try (Connection client = weir.connect()) {
      assertThat(value(client, sql)).isEqualTo("old");
      put("new");
      assertThat(value(client, sql)).isEqualTo("old");
      assertThat(value(client, "/* cache_ttl=0 */ SELECT v FROM t WHERE id = 1")).isEqualTo("new");
    }
  }

  @Test
  void aRewrittenStatementIsKeptAsItIsSent() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThat(value(client, "SELECT /*rewritten*/ v FROM t WHERE id = 1")).isEqualTo("old");
      put("new");
      assertThat(value(client, "SELECT /*rewritten*/ v FROM t WHERE id = 1")).isEqualTo("old");
      assertThat(global("Entries")).isEqualTo(1);
    }
  }

  @Test
  void aSessionThatARuleHoldsOnItsServerIsServedToo() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThat(value(client, read("pinned"))).isEqualTo("old");
      put("new");
      assertThat(value(client, read("pinned"))).isEqualTo("old");
      assertThat(value(client, "SELECT " + "v FROM t")).isEqualTo("new");
    }
  }

  @Test
  void aLongResultIsServedInPieces() throws SQLException {
    String sql = "SELECT /*long*/ seq, REPEAT(CHAR(65 + seq % 26), 1000) FROM seq_1_to_2000";
    try (Connection client = weir.connect()) {
      List<String> first = rows(client, sql);
      long hits = global("count_GET_OK");
      assertThat(first).hasSize(2000);
      for (int i = 0; i < 3; i++) {
        assertThat(rows(client, sql)).isEqualTo(first);
      }
      assertThat(global("count_GET_OK") - hits).isEqualTo(3);
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  // --- whoever asks gets his own ---

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '"', value = {
    "SET character_set_connection = latin1;SELECT /*long*/ CHARSET('x')",
    "SET time_zone = '+05:00';SELECT /*long*/ FROM_UNIXTIME(0)",
    "SET sql_mode = 'PIPES_AS_CONCAT';SELECT /*long*/ 1 || 2",
    "SET sql_mode = 'NO_BACKSLASH_ESCAPES';SELECT /*long*/ LENGTH('\\n')",
    "SET NAMES utf8mb4 COLLATE utf8mb4_bin;SELECT /*long*/ 'a' = 'A'",
    "SET @@div_precision_increment = 10;SELECT /*long*/ 1 / 3",
    "USE information_schema;SELECT /*long*/ DATABASE()"})
  void settingsOfOthersAreNotServed(String change, String sql) throws SQLException {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      String before = value(one, sql);
      run(two, change);
      String own = value(two, sql);
      assertThat(own).isNotEqualTo(before);
      long hits = global("count_GET_OK");
      assertThat(value(one, sql)).isEqualTo(before);
      assertThat(value(two, sql)).isEqualTo(own);
      assertThat(global("count_GET_OK") - hits).isEqualTo(2);
    }
  }

  @Test
  void resultsOfAnotherUserAreNotServed() throws SQLException {
    try (Connection one = weir.connect();
        Connection two = weir.connectAs(other, MysqlWeir.PASSWORD)) {
      String sql = "SELECT /*long*/ CURRENT_USER()";
      assertThat(value(one, sql)).isEqualTo(weir.user() + "@%");
      assertThat(value(two, sql)).isEqualTo(other + "@%");
    }
  }

  @Test
  void eachFormOfTheProtocolGetsItsOwnBytes() throws Exception {
    long[] forms = {0, Capabilities.DEPRECATE_EOF, Capabilities.SESSION_TRACK,
      Capabilities.DEPRECATE_EOF | Capabilities.SESSION_TRACK};
    for (String sql : List.of(read("long"), "SELECT /*long*/ v FROM t WHERE id = 99")) {
      Set<Integer> lengths = new HashSet<>();
      for (long form : forms) {
        try (MysqlTextClient client = raw(MysqlTextClient.PLAIN | form)) {
          byte[] fromServer = client.query(sql);
          long hits = global("count_GET_OK");
          assertThat(client.query(sql)).isEqualTo(fromServer);
          assertThat(client.query(sql)).isEqualTo(fromServer);
          assertThat(global("count_GET_OK") - hits).isEqualTo(2);
          lengths.add(fromServer.length);
        }
      }
      assertThat(lengths).hasSize(2);
    }
  }

  // --- what is not kept ---

  @ParameterizedTest
  @ValueSource(strings = {"SELECT /*long*/ nothing FROM t", "SELECT /*long*/ v FROM t FOR UPDATE",
    "SELECT /*long*/ @mine", "SELECT /*long*/ CONNECTION_ID() > 0",
    "SELECT /*long*/ LAST_INSERT_ID()", "SELECT /*long*/ 1; SELECT 2", "DO /*long*/ 1",
    "SELECT /*long*/ REPEAT('x', 5000000)", "SELECT /*long*/ 1 / 0",
    "SELECT /*empty0*/ v FROM t", "SELECT /*empty0*/ v FROM t WHERE id = 99",
    "SELECT v FROM t"})
  void isAskedOfTheServerEachTime(String sql) throws SQLException {
    try (Connection client = weir.connect("allowMultiQueries=true");
        Statement statement = client.createStatement()) {
      long sets = global("count_SET");
      for (int i = 0; i < 2; i++) {
        try {
          statement.execute(sql);
        } catch (SQLException e) {
          assertThat(e.getErrorCode()).isEqualTo(1054); // no such column: the server's word
        }
      }
      assertThat(global("count_SET")).isEqualTo(sets);
      assertThat(global("Entries")).isZero();
    }
  }

  @Test
  void emptyResultsAreKeptAsRulesAndVariableSay() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThat(rows(client, "SELECT /*long*/ v FROM t WHERE id = 98")).isEmpty();
      assertThat(global("Entries")).isEqualTo(1);
      weir.configure("SET mysql-query_cache_stores_empty_result = 'false'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
      try {
        assertThat(rows(client, "SELECT /*long*/ v FROM t WHERE id = 99")).isEmpty();
        assertThat(global("Entries")).isEqualTo(1);
        assertThat(rows(client, "SELECT /*empty1*/ v FROM t WHERE id = 99")).isEmpty();
        assertThat(global("Entries")).isEqualTo(2);
      } finally {
        weir.configure("SET mysql-query_cache_stores_empty_result = 'true'",
            "LOAD MYSQL VARIABLES TO RUNTIME");
      }
    }
  }

  @Test
  void resultsWithWarningsAreKeptWhenToldAndThenWithout() throws Exception {
    weir.configure("SET mysql-query_cache_handle_warnings = 1", "LOAD MYSQL VARIABLES TO RUNTIME");
    try {
      for (long form : new long[]{0, Capabilities.DEPRECATE_EOF}) {
        try (MysqlTextClient client = raw(MysqlTextClient.PLAIN | form)) {
          client.query("SELECT /*long*/ 1 / 0");
          assertThat(client.warnings()).isEqualTo(1);
          client.query("SELECT " + "1"); // lets the server go
          long hits = global("count_GET_OK");
          client.query("SELECT /*long*/ 1 / 0");
          assertThat(client.warnings()).isZero();
          assertThat(global("count_GET_OK") - hits).isEqualTo(1);
        }
      }
    } finally {
      weir.configure("SET mysql-query_cache_handle_warnings = 0",
          "LOAD MYSQL VARIABLES TO RUNTIME");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"START TRANSACTION", "SET autocommit = 0"})
  void aTransactionSeesItsOwnAndShowsNobody(String begin) throws SQLException {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      assertThat(value(one, read("long"))).isEqualTo("old");
      run(one, begin, "UPDATE t SET v = 'mine' WHERE id = 1");
      assertThat(value(one, read("long"))).isEqualTo("mine");
      assertThat(value(two, read("long"))).isEqualTo("old");
      weir.configure("PROXYSQL FLUSH QUERY CACHE");
      assertThat(value(one, read("long"))).isEqualTo("mine");
      assertThat(value(two, read("long"))).isEqualTo("old");
      run(one, "ROLLBACK");
    }
  }

  @Test
  void aTemporaryTableIsSeenByItsSessionAlone() throws SQLException {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      assertThat(value(one, read("long"))).isEqualTo("old");
      run(two, "CREATE TEMPORARY TABLE t (id int, v varchar(100))",
          "INSERT INTO t VALUES (1, 'mine')");
      assertThat(value(two, read("long"))).isEqualTo("mine");
      weir.configure("PROXYSQL FLUSH QUERY CACHE");
      assertThat(value(two, read("long"))).isEqualTo("mine");
      assertThat(value(one, read("long"))).isEqualTo("old");
    }
  }

  @Test
  void preparedStatementsGoToTheServer() throws SQLException {
    try (Connection client = weir.connect("useServerPrepStmts=true");
        PreparedStatement statement = client.prepareStatement(read("long"))) {
      for (String now : List.of("one", "two")) {
        put(now);
        try (ResultSet found = statement.executeQuery()) {
          assertThat(rows(found)).containsExactly(now);
        }
      }
      assertThat(global("Entries")).isZero();
    }
  }

  @Test
  void aCacheOfNoSizeKeepsNothing() throws SQLException {
    try (Connection client = weir.connect()) {
      value(client, read("long"));
      weir.configure("SET mysql-query_cache_size_MB = 0", "LOAD MYSQL VARIABLES TO RUNTIME");
      try {
        assertThat(global("Entries")).isZero();
        put("new");
        assertThat(value(client, read("long"))).isEqualTo("new");
        put("newer");
        assertThat(value(client, read("long"))).isEqualTo("newer");
      } finally {
        weir.configure("SET mysql-query_cache_size_MB = 256", "LOAD MYSQL VARIABLES TO RUNTIME");
      }
    }
  }

  // --- peers that behave badly ---

  @Test
  void whoDoesNotReadIsNotServedMore() throws Exception {
    String sql = "SELECT /*long*/ REPEAT('x', 3000000)";
    int times = 40;
    try (MysqlTextClient client = raw(MysqlTextClient.PLAIN | Capabilities.DEPRECATE_EOF)) {
      byte[] expected = client.query(sql);
      long before = global("count_GET_OK");
      for (int i = 0; i < times; i++) {
        client.send(sql);
      }
      try (Connection next = weir.connect()) { // sent later, served all the same
        assertThat(value(next, read("long"))).isEqualTo("old");
      }
      assertThat(global("count_GET_OK") - before).isLessThan(times / 2);
      for (int i = 0; i < times; i++) {
        assertThat(client.response()).isEqualTo(expected);
      }
      assertThat(global("count_GET_OK") - before).isEqualTo(times);
      client.query("SELECT 1");
      assertThat(client.errorCode()).isZero();
    }
  }

  @Test
  void whoLeavesInTheMiddleOfAResultHarmsNobody() throws Exception {
    String sql = "SELECT /*long*/ REPEAT('x', 3000000)";
    List<MysqlTextClient> gone = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      MysqlTextClient client = raw(MysqlTextClient.PLAIN);
      client.send(sql);
      client.send(sql);
      gone.add(client);
    }
    for (MysqlTextClient client : gone) {
      client.close();
    }
    try (MysqlTextClient client = raw(MysqlTextClient.PLAIN)) {
      byte[] first = client.query(sql);
      assertThat(first).hasSizeGreaterThan(3_000_000);
      assertThat(client.query(sql)).isEqualTo(first);
    }
  }

  @Test
  void aQueryThatIsKilledLeavesNothing() throws Exception {
    try (MysqlTextClient client = raw(MysqlTextClient.PLAIN)) {
      weir.configure(rule(7, "match_pattern, cache_ttl, timeout", "'timed', 600000, 100"),
          "LOAD MYSQL QUERY RULES TO RUNTIME");
      String sql = "SELECT /*timed*/ seq, SLEEP(1) FROM seq_1_to_30";
      client.query(sql);
      assertThat(client.errorCode()).isIn(1317, 1969, 1907);
      assertThat(global("Entries")).isZero();
    } finally {
      weir.configure("DELETE FROM mysql_query_rules WHERE rule_id = 7",
          "LOAD MYSQL QUERY RULES TO RUNTIME");
    }
  }

  // --- what goes with it ---

  @Test
  void digestsAreToldApartByHostWhenAsked() throws SQLException {
    weir.configure("SET mysql-query_digests_track_hostname = 'true'",
        "LOAD MYSQL VARIABLES TO RUNTIME");
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      run(admin, "SELECT COUNT(*) FROM stats_mysql_query_digest_reset");
      value(client, read("long"));
      value(client, read("long"));
      assertThat(rows(admin, "SELECT client_address, hostgroup FROM stats_mysql_query_digest "
          + "WHERE digest_text LIKE 'SELECT v FROM t%' ORDER BY hostgroup"))
          .containsExactly("127.0.0.1|-1", "127.0.0.1|0");
    } finally {
      weir.configure("SET mysql-query_digests_track_hostname = 'false'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
    }
  }

  @Test
  void errorsAreLoggedWithTheirDigestWhenAsked() throws SQLException {
    String line = "Error during query on 127\\.0\\.0\\.1:\\d+ \\(hostgroup 0\\), user "
        + weir.user()
        + "@127\\.0\\.0\\.1, schema " + mariaDb.database()
        + ": 1054, .*digest_text = SELECT nothing,\\? FROM t";
    try (Connection client = weir.connect()) {
      for (boolean asked : new boolean[]{false, true}) {
        weir.configure("SET mysql-verbose_query_error = '" + asked + "'",
            "LOAD MYSQL VARIABLES TO RUNTIME");
        assertThatThrownBy(() -> value(client, "SELECT nothing, 'a secret' FROM t"))
            .isInstanceOf(SQLException.class);
        assertThat(weir.log().count(line)).isEqualTo(asked ? 1 : 0);
      }
    } finally {
      weir.configure("SET mysql-verbose_query_error = 'false'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
    }
  }

  @Test
  void digestSettingsHoldForStatementsSeenBefore() throws SQLException {
    String digests = "SELECT COUNT(*) FROM stats_mysql_query_digest WHERE digest_text LIKE ";
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      value(client, "SELECT Count(*) FROM t");
      weir.configure("SET mysql-query_digests_lowercase = 'true'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
      try {
        WeirServer.await("a digest in small letters", () -> {
          value(client, "SELECT Count(*) FROM t");
          return "1".equals(value(admin, digests + "'%count(*)%' AND digest_text = "
              + "LOWER(digest_text)"));
        });
      } finally {
        weir.configure("SET mysql-query_digests_lowercase = 'false'",
            "LOAD MYSQL VARIABLES TO RUNTIME");
      }
    }
  }
}
