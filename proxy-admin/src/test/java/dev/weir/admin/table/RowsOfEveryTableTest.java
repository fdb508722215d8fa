package dev.weir.admin.table;

import dev.weir.admin.FakeProxy;
import dev.weir.core.control.Traffic;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RowsOfEveryTableTest {
  private final FakeProxy proxy = new FakeProxy();
  private final TimeZone before = TimeZone.getDefault();

  @BeforeEach
  void inBerlin() {
    TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
  }

  @AfterEach
  void backHome() {
    TimeZone.setDefault(before);
  }

  @Test
  void clients() {
    assertThat(rows("CLIENTS")).hasSize(3);
    assertThat(rows("CLIENTS").get(1)).isEqualTo(row("C", "ada", "shop", "none", "active",
        "10.0.0.7", "40001", "10.0.0.1", "6432", "2026-01-02 04:04:05 CET",
        "2026-07-02 05:04:06 CEST", "3", "42", "0", "0xabc", "0xdef", "0", "", "psql", "2", "17"));
    assertThat(rows("CLIENTS").get(2).get(4)).isEqualTo("idle");
  }

  @Test
  void servers() {
    assertThat(rows("SERVERS")).containsExactly(row("S", "ada", "shop", "none", "active",
        "10.0.0.9", "5432", "10.0.0.1", "50001", "2026-01-02 04:04:05 CET",
        null, "0", "0", "1", "0xdef", "0xabc", "4242", "", "", "1", "18"));
  }

  @Test
  void socketsShowTheLiteralStateAndThoseStillLoggingIn() {
    assertThat(rows("SOCKETS")).extracting(row -> row.get(4)).containsExactly("cl_active",
        "cl_active", "cl_active", "sv_active", "cl_login");
    assertThat(rows("SOCKETS").get(1).subList(21, 28))
        .isEqualTo(row("5", "0", "6", "0", "0", "5", "7"));
    assertThat(rows("SOCKETS").getLast()).isEqualTo(row("C", "(nouser)", "(nodb)", "none",
        "cl_login", "unix", "6432", "unix", "6432", "2026-01-02 04:04:05 CET", null,
        "0", "0", "0", "0x123", "", "77", "", "", "0", "-1294967296", "0", "0", "0", "0", "0", "0",
        "0"));
  }

  @Test
  void activeSocketsHaveSomethingInTheirBuffers() {
    assertThat(rows("ACTIVE_SOCKETS")).extracting(row -> row.get(20)).containsExactly("17", "19");
  }

  @Test
  void pools() {
    assertThat(rows("POOLS")).containsExactly(
        row("pgbouncer", "pgbouncer", "1", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0",
            "0", "statement", null),
        row("shop", "ada", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "2", "500001",
            "transaction", "round-robin"));
  }

  @Test
  void peers() {
    assertThat(rows("PEERS")).containsExactly(row("1", "10.1.0.1", "6432", "20"),
        row("2", null, "6432", "0"));
    assertThat(rows("PEER_POOLS").getFirst()).isEqualTo(row("1", "1", "2", "3", "4"));
  }

  @Test
  void databases() {
    assertThat(rows("DATABASES")).containsExactly(
        row("pgbouncer", null, "6432", "pgbouncer", "pgbouncer", "2", "0", "0", "3600", "statement",
            null, "0", "0", "0", "1", "0", "0"),
        row("shop", "db1,db2", "5432", "shop_live", null, "20", "1", "5", "1800", null, "disable",
            "50", "12", "100", "3", "1", "0"));
  }

  @Test
  void usersSizesAreNineWideOrEmpty() {
    assertThat(rows("USERS")).containsExactly(row("ada", "", "", null, "0", "1", "0", "2"),
        row("bob", "        7", "      123", "session", "10", "3", "11", "4"));
  }

  @Test
  void lists() {
    assertThat(rows("LISTS")).containsExactly(row("databases", "1"), row("users", "2"),
        row("peers", "3"), row("pools", "4"), row("peer_pools", "5"), row("free_clients", "6"),
        row("used_clients", "7"), row("login_clients", "8"), row("free_servers", "9"),
        row("used_servers", "10"), row("dns_names", "11"), row("dns_zones", "12"),
        row("dns_queries", "13"), row("dns_pending", "14"));
  }

  @Test
  void config() {
    assertThat(rows("CONFIG")).contains(row("max_client_conn", "200", "100", "yes"),
        row("unix_socket_dir", null, "/tmp", "no"));
  }

  @Test
  void state() {
    assertThat(rows("STATE")).containsExactly(row("active", "yes"), row("paused", "no"),
        row("suspended", "no"));
    proxy.paused = true;
    assertThat(rows("STATE")).containsExactly(row("active", "no"), row("paused", "yes"),
        row("suspended", "no"));
    proxy.paused = false;
    proxy.suspended = true;
    assertThat(rows("STATE")).containsExactly(row("active", "no"), row("paused", "no"),
        row("suspended", "yes"));
  }

  @Test
  void version() {
    assertThat(rows("VERSION")).hasSize(1);
    assertThat(rows("VERSION").getFirst().getFirst()).startsWith("PgBouncer 1.25.2");
  }

  @Test
  void memoryAndNames() {
    assertThat(rows("MEM")).containsExactly(row("client_cache", "400", "3", "47", "20000"));
    assertThat(rows("DNS_HOSTS")).containsExactly(row("db1", "14", "10.0.0.9:0,[::1]:0"));
    assertThat(rows("DNS_ZONES")).isEmpty();
  }

  @Test
  void descriptorsWithoutTlsConsolesAndSecrets() {
    assertThat(rows("FDS")).containsExactly(
        row("5", "pooler", null, null, "127.0.0.1", "6432", "0", "0", null, null, null, null, null,
            null, null),
        row("6", "pooler", null, null, "unix", "6432", "0", "0", null, null, null, null, null, null,
            null),
        row("11", "client", "ada", "shop", "10.0.0.7", "40001", "987654321", "12", "UTF8", "on",
            "ISO", "UTC", null, null, null),
        row("12", "server", "ada", "shop", "10.0.0.9", "5432", "123", "11", "UTF8", "on", null,
            null, null, null, null),
        row("13", "client", null, null, "unix", "6432", "0", "0", null, null, null, null, null,
            null, null));
  }

  @Test
  void stats() {
    assertThat(rows("STATS")).containsExactly(row("shop", "1", "2", "3", "4", "5", "6", "7", "8",
        "9", "10", "11", "12", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30",
        "31", "32"));
    assertThat(rows("STATS_TOTALS")).containsExactly(
        row("shop", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"));
    assertThat(rows("STATS_AVERAGES")).containsExactly(
        row("shop", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32"));
  }

  @Test
  void totals() {
    assertThat(rows("TOTALS")).containsExactly(row("total_server_assignment_count", "101"),
        row("total_xact_count", "102"), row("total_query_count", "103"),
        row("total_client_bytes", "104"), row("total_server_bytes", "105"),
        row("total_xact_time", "106"), row("total_query_time", "107"),
        row("total_wait_time", "108"),
        row("total_ps_client_parse_count", "109"), row("total_ps_server_parse_count", "110"),
        row("total_ps_bind_count", "111"), row("total_client_login_count", "112"),
        row("avg_server_assignment_count", "121"), row("avg_xact_count", "122"),
        row("avg_query_count", "123"), row("avg_client_bytes", "124"),
        row("avg_server_bytes", "125"),
        row("avg_xact_time", "126"), row("avg_query_time", "127"), row("avg_wait_time", "128"),
        row("avg_ps_client_parse_count", "129"), row("avg_ps_server_parse_count", "130"),
        row("avg_ps_bind_count", "131"), row("avg_client_login_count", "132"));
  }

  @Test
  void theLogLine() {
    assertThat(StatsLogLine.of(new Traffic(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))).isEqualTo(
        "stats: 2 xacts/s, 3 queries/s, 9 client parses/s, 10 server parses/s, 11 binds/s, "
            + "12 client logins/s, in 4 B/s, out 5 B/s, xact 6 us, query 7 us, wait 8 us");
  }

  @Test
  void timesAreLocal() {
    assertThat(ConnectionColumns.time(Instant.parse("2026-12-31T23:30:00Z")))
        .isEqualTo("2027-01-01 00:30:00 CET");
    assertThat(ConnectionColumns.time(null)).isNull();
  }

  private List<List<@Nullable String>> rows(String table) {
    return ShowTables.all(proxy).stream().filter(each -> each.name().equals(table)).findFirst()
        .orElseThrow().read().rows();
  }

  @SuppressWarnings("NullAway") // Arrays.asList has no nullness of its own
  private static List<@Nullable String> row(@Nullable String... values) {
    return Arrays.asList(values);
  }
}
