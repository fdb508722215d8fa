package dev.weir.admin.table;

import dev.weir.admin.FakeProxy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The columns of PgBouncer's tables in order, typed from its manual and source: t text, i int4, q int8, n numeric, b bytea. */
class ColumnsOfEveryTableTest {
  private static final String CONNECTION = "type t, user t, database t, replication t, state t, addr t, port i, local_addr t, local_port i, connect_time t, request_time t, wait i, "
      + "wait_us i, close_needed i, ptr t, link t, remote_pid i, tls t, application_name t, prepared_statements i, id i";
  private static final String SOCKET = CONNECTION
      + ", recv_pos i, pkt_pos i, pkt_remain i, send_pos i, send_remain i, pkt_avail i, send_avail i";

  private static final Map<String, String> EXPECTED = Map.ofEntries(
      Map.entry("CLIENTS", CONNECTION),
      Map.entry("SERVERS", CONNECTION),
      Map.entry("SOCKETS", SOCKET),
      Map.entry("ACTIVE_SOCKETS", SOCKET),
      Map.entry("POOLS",
          "database t, user t, cl_active i, cl_waiting i, cl_active_cancel_req i, cl_waiting_cancel_req i, sv_active i, sv_active_cancel i, sv_being_canceled i, sv_idle i, "
              + "sv_used i, sv_tested i, sv_login i, maxwait i, maxwait_us i, pool_mode t, load_balance_hosts t"),
      Map.entry("PEER_POOLS",
          "peer_id i, cl_active_cancel_req i, cl_waiting_cancel_req i, sv_active_cancel i, sv_login i"),
      Map.entry("PEERS", "peer_id i, host t, port i, pool_size i"),
      Map.entry("DATABASES",
          "name t, host t, port i, database t, force_user t, pool_size i, min_pool_size i, reserve_pool_size i, server_lifetime i, pool_mode t, load_balance_hosts t, "
              + "max_connections i, current_connections i, max_client_connections i, current_client_connections i, paused i, disabled i"),
      Map.entry("USERS",
          "name t, pool_size t, reserve_pool_size t, pool_mode t, max_user_connections i, current_connections i, max_user_client_connections i, current_client_connections i"),
      Map.entry("LISTS", "list t, items i"),
      Map.entry("CONFIG", "key t, value t, default t, changeable t"),
      Map.entry("STATE", "key t, value t"),
      Map.entry("VERSION", "version t"),
      Map.entry("MEM", "name t, size i, used i, free i, memtotal i"),
      Map.entry("DNS_HOSTS", "hostname t, ttl q, addrs t"),
      Map.entry("DNS_ZONES", "zonename t, serial q, count i"),
      Map.entry("FDS",
          "fd i, task t, user t, database t, addr t, port i, cancel q, link i, client_encoding t, std_strings t, datestyle t, timezone t, password t, scram_client_key b, "
              + "scram_server_key b"),
      Map.entry("STATS",
          "database t, total_server_assignment_count n, total_xact_count n, total_query_count n, total_received n, total_sent n, total_xact_time n, total_query_time n, "
              + "total_wait_time n, total_client_parse_count n, total_server_parse_count n, total_bind_count n, total_client_login_count n, avg_server_assignment_count n, avg_xact_count n, "
              + "avg_query_count n, avg_recv n, avg_sent n, avg_xact_time n, avg_query_time n, avg_wait_time n, avg_client_parse_count n, avg_server_parse_count n, avg_bind_count n, "
              + "avg_client_login_count n"),
      Map.entry("STATS_TOTALS",
          "database t, server_assignment_count n, xact_count n, query_count n, bytes_received n, bytes_sent n, xact_time n, query_time n, wait_time n, "
              + "client_parse_count n, server_parse_count n, bind_count n, client_login_count n"),
      Map.entry("STATS_AVERAGES",
          "database t, server_assignment_count n, xact_count n, query_count n, bytes_received n, bytes_sent n, xact_time n, query_time n, wait_time n, "
              + "avg_client_parse_count n, avg_server_parse_count n, avg_bind_count n, avg_client_login_count n"),
      Map.entry("TOTALS", "name t, value n"),
      Map.entry("PINS",
          "protocol t, id i, database t, user t, reason t, digest t, since t, ends_with t")); // ours

  @Test
  void areThoseOfTheOriginal() {
    Map<String, String> ours = new TreeMap<>();
    List<ShowTable<?>> tables = ShowTables.all(new FakeProxy());
    for (ShowTable<?> table : tables) {
      ours.put(table.name(),
          table.columns().declared().stream()
              .map(column -> column.name() + " " + letter(column.type()))
              .collect(Collectors.joining(", ")));
    }
    assertThat(tables).hasSize(22);
    assertThat(ours).isEqualTo(new TreeMap<>(EXPECTED));
  }

  @Test
  void areAllExplained() {
    for (ShowTable<?> table : ShowTables.all(new FakeProxy())) {
      assertThat(table.columns().docs()).as(table.name()).allMatch(doc -> doc.endsWith("."));
    }
  }

  private static String letter(dev.weir.core.control.ResultTable.Type type) {
    return switch (type) {
      case TEXT -> "t";
      case INT -> "i";
      case BIGINT -> "q";
      case NUMERIC -> "n";
      case BYTES -> "b";
    };
  }
}
