package dev.weir.it;

import java.sql.Connection;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Columns of SHOW, which monitoring programs read by name, place and type, in both protocols. */
final class ConsoleTablesIT {
  private static final String CONNECTION = "type t, user t, database t, replication t, state t,"
      + " addr t, port i, local_addr t, local_port i, connect_time t, request_time t, wait i,"
      + " wait_us i, close_needed i, ptr t, link t, remote_pid i, tls t, application_name t,"
      + " prepared_statements i, id i";
  private static final String COUNTS = "server_assignment_count n, xact_count n, query_count n,"
      + " bytes_received n, bytes_sent n, xact_time n, query_time n, wait_time n,";

  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension static final WeirServer proxy = WeirServer.to(postgres)
      .database("p0", "user=postgres password=${password}")
      .login("bob", "");

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', value = {
    "CLIENTS|" + CONNECTION,
    "SERVERS|" + CONNECTION,
    "SOCKETS|" + CONNECTION + ", recv_pos i, pkt_pos i, pkt_remain i, send_pos i,"
        + " send_remain i, pkt_avail i, send_avail i",
    "POOLS|database t, user t, cl_active i, cl_waiting i, cl_active_cancel_req i,"
        + " cl_waiting_cancel_req i, sv_active i, sv_active_cancel i, sv_being_canceled i,"
        + " sv_idle i, sv_used i, sv_tested i, sv_login i, maxwait i, maxwait_us i,"
        + " pool_mode t, load_balance_hosts t",
    "PEER_POOLS|peer_id i, cl_active_cancel_req i, cl_waiting_cancel_req i,"
        + " sv_active_cancel i, sv_login i",
    "PEERS|peer_id i, host t, port i, pool_size i",
    "DATABASES|name t, host t, port i, database t, force_user t, pool_size i, min_pool_size i,"
        + " reserve_pool_size i, server_lifetime i, pool_mode t, load_balance_hosts t,"
        + " max_connections i, current_connections i, max_client_connections i,"
        + " current_client_connections i, paused i, disabled i",
    "USERS|name t, pool_size t, reserve_pool_size t, pool_mode t, max_user_connections i,"
        + " current_connections i, max_user_client_connections i, current_client_connections i",
    "LISTS|list t, items i",
    "CONFIG|key t, value t, default t, changeable t",
    "STATE|key t, value t",
    "VERSION|version t",
    "MEM|name t, size i, used i, free i, memtotal i",
    "DNS_HOSTS|hostname t, ttl q, addrs t",
    "DNS_ZONES|zonename t, serial q, count i",
    "FDS|fd i, task t, user t, database t, addr t, port i, cancel q, link i,"
        + " client_encoding t, std_strings t, datestyle t, timezone t, password t,"
        + " scram_client_key b, scram_server_key b",
    "STATS|database t, total_server_assignment_count n, total_xact_count n,"
        + " total_query_count n, total_received n, total_sent n, total_xact_time n,"
        + " total_query_time n, total_wait_time n, total_client_parse_count n,"
        + " total_server_parse_count n, total_bind_count n, total_client_login_count n,"
        + " avg_server_assignment_count n, avg_xact_count n, avg_query_count n, avg_recv n,"
        + " avg_sent n, avg_xact_time n, avg_query_time n, avg_wait_time n,"
        + " avg_client_parse_count n, avg_server_parse_count n, avg_bind_count n,"
        + " avg_client_login_count n",
    "STATS_TOTALS|database t, " + COUNTS + " client_parse_count n, server_parse_count n,"
        + " bind_count n, client_login_count n",
    "STATS_AVERAGES|database t, " + COUNTS + " avg_client_parse_count n,"
        + " avg_server_parse_count n, avg_bind_count n, avg_client_login_count n",
    "TOTALS|name t, value n"})
  void columnsAreTheOriginals(String item, String columns) throws SQLException {
    try (Console simple = proxy.console();
        Console extended = proxy.extendedConsole();
        Connection client = proxy.connect("bob", "", "p0")) {
      Sql.run(client, "select 1");
      assertThat(described(simple, item)).isEqualTo(columns);
      assertThat(described(extended, item)).isEqualTo(columns);
    }
  }

  private static String described(Console console, String item) throws SQLException {
    try (var statement = console.connection().createStatement();
        var rows = statement.executeQuery("SHOW " + item)) {
      ResultSetMetaData meta = rows.getMetaData();
      List<String> columns = new ArrayList<>();
      for (int i = 1; i <= meta.getColumnCount(); i++) {
        columns.add(meta.getColumnName(i) + " " + switch (meta.getColumnType(i)) {
          case Types.VARCHAR -> "t";
          case Types.INTEGER -> "i";
          case Types.BIGINT -> "q";
          case Types.NUMERIC -> "n";
          case Types.BINARY -> "b";
          default -> meta.getColumnTypeName(i);
        });
      }
      return String.join(", ", columns);
    }
  }
}
