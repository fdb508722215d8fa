package dev.weir.admin.sqlite;

import dev.weir.core.control.MysqlView;
import dev.weir.core.control.MysqlView.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The schema {@code monitor}: what the health checks found. */
final class MonitorTables {
  private static final String MONITOR = "monitor";
  private static final String SERVER = "hostname VARCHAR NOT NULL, port INT NOT NULL DEFAULT 3306, time_start_us INT NOT NULL DEFAULT 0, ";
  private static final String KEY = ", PRIMARY KEY (hostname, port, time_start_us)";

  private MonitorTables() {}

  static List<ComputedTable> all() {
    List<ComputedTable> tables = new ArrayList<>();
    tables.add(table("mysql_server_connect_log",
        SERVER + "connect_success_time_us INT DEFAULT 0, connect_error VARCHAR" + KEY,
        view -> checks(view.connectChecks())));
    tables.add(table("mysql_server_ping_log",
        SERVER + "ping_success_time_us INT DEFAULT 0, ping_error VARCHAR" + KEY,
        view -> checks(view.pingChecks())));
    tables.add(table("mysql_server_read_only_log",
        SERVER + "success_time_us INT DEFAULT 0, read_only INT DEFAULT 1, error VARCHAR" + KEY,
        view -> view.readOnlyChecks().stream()
            .map(c -> row(c.check(), Cells.of(c.readOnly()))).toList()));
    tables.add(table("mysql_server_replication_lag_log",
        SERVER + "success_time_us INT DEFAULT 0, repl_lag INT DEFAULT 0, error VARCHAR" + KEY,
        view -> view.lagChecks().stream()
            .map(c -> row(c.check(), Cells.of(c.lagSeconds()))).toList()));
    tables.add(table("mysql_server_galera_log", SERVER
        + "success_time_us INT DEFAULT 0, primary_partition VARCHAR NOT NULL DEFAULT 'NO', read_only VARCHAR NOT NULL DEFAULT 'YES', wsrep_local_recv_queue INT DEFAULT 0, wsrep_local_state INT DEFAULT 0, wsrep_desync VARCHAR NOT NULL DEFAULT 'NO', wsrep_reject_queries VARCHAR NOT NULL DEFAULT 'NO', wsrep_sst_donor_rejects_queries VARCHAR NOT NULL DEFAULT 'NO', pxc_maint_mode VARCHAR NOT NULL DEFAULT 'NO', error VARCHAR"
        + KEY, MonitorTables::galera));
    tables.add(table("mysql_server_group_replication_log", SERVER
        + "success_time_us INT DEFAULT 0, viable_candidate VARCHAR NOT NULL DEFAULT 'NO', read_only VARCHAR NOT NULL DEFAULT 'YES', transactions_behind INT DEFAULT 0, error VARCHAR"
        + KEY, MonitorTables::groupReplication));
    tables.add(table("mysql_server_aws_aurora_log", SERVER
        + "success_time_us INT DEFAULT 0, error VARCHAR, SERVER_ID VARCHAR NOT NULL DEFAULT '', SESSION_ID VARCHAR, LAST_UPDATE_TIMESTAMP VARCHAR, replica_lag_in_milliseconds INT NOT NULL DEFAULT 0, estimated_lag_ms INT NOT NULL DEFAULT 0, CPU INT NOT NULL DEFAULT 0, PRIMARY KEY (hostname, port, time_start_us, SERVER_ID)",
        view -> List.of()));
    tables.add(table("mysql_server_aws_aurora_check_status",
        "writer_hostgroup INT NOT NULL, hostname VARCHAR NOT NULL, port INT NOT NULL DEFAULT 3306, last_checked_at VARCHAR, checks_tot INT NOT NULL DEFAULT 0, checks_ok INT NOT NULL DEFAULT 0, last_error VARCHAR, PRIMARY KEY (writer_hostgroup, hostname, port)",
        view -> List.of()));
    tables.add(table("mysql_server_aws_aurora_failovers",
        "writer_hostgroup INT NOT NULL, hostname VARCHAR NOT NULL, inserted_at VARCHAR NOT NULL",
        view -> List.of()));
    String unused = "hostname VARCHAR NOT NULL, port INT NOT NULL DEFAULT 3306, time_since INT NOT NULL DEFAULT 0, time_until INT NOT NULL DEFAULT 0, ";
    tables.add(table("mysql_server_connect", unused
        + "connect_success_count INT NOT NULL DEFAULT 0, connect_success_first INT NOT NULL DEFAULT 0, connect_success_last INT NOT NULL DEFAULT 0, connect_success_time_us_min INT NOT NULL DEFAULT 0, connect_success_time_us_max INT NOT NULL DEFAULT 0, connect_success_time_us_avg INT NOT NULL DEFAULT 0, connect_failure_count INT NOT NULL DEFAULT 0, connect_failure_first INT NOT NULL DEFAULT 0, connect_failure_last INT NOT NULL DEFAULT 0, PRIMARY KEY (hostname, port)",
        view -> List.of()));
    tables.add(table("mysql_server_ping", unused
        + "ping_success_count INT NOT NULL DEFAULT 0, ping_success_first INT NOT NULL DEFAULT 0, ping_success_last INT NOT NULL DEFAULT 0, ping_success_time_us_min INT NOT NULL DEFAULT 0, ping_success_time_us_max INT NOT NULL DEFAULT 0, ping_success_time_us_avg INT NOT NULL DEFAULT 0, ping_failure_count INT NOT NULL DEFAULT 0, ping_failure_first INT NOT NULL DEFAULT 0, ping_failure_last INT NOT NULL DEFAULT 0, PRIMARY KEY (hostname, port)",
        view -> List.of()));
    return tables;
  }

  private static ComputedTable table(String name, String columns,
      Function<MysqlView, List<List<@Nullable Object>>> rows) {
    return new ComputedTable(MONITOR, name, columns, facts -> rows.apply(facts.view()));
  }

  private static List<List<@Nullable Object>> checks(List<Check> checks) {
    return checks.stream().map(check -> row(check, List.of())).toList();
  }

  private static List<List<@Nullable Object>> galera(MysqlView view) {
    return view.galeraChecks().stream().map(c -> {
      MysqlView.GaleraFacts f = c.facts();
      return row(c.check(), f == null
          ? Cells.of("NO", "YES", 0, 0, "NO", "NO", "NO", "NO")
          : Cells.of(yes(f.primary()), yes(f.readOnly()), f.receiveQueue(), f.localState(),
              yes(f.desync()), yes(f.rejectsQueries()), yes(f.donorRejectsQueries()),
              yes(f.maintenance())));
    }).toList();
  }

  private static List<List<@Nullable Object>> groupReplication(MysqlView view) {
    return view.groupReplicationChecks().stream().map(c -> {
      MysqlView.GroupReplicationFacts f = c.facts();
      return row(c.check(), f == null
          ? Cells.of("NO", "YES", 0)
          : Cells.of(yes(f.viable()), yes(f.readOnly()), f.transactionsBehind()));
    }).toList();
  }

  private static List<@Nullable Object> row(Check check, List<@Nullable Object> found) {
    List<@Nullable Object> row = Cells.of(check.host(), check.port(), check.startMicros(),
        check.successMicros());
    row.addAll(found);
    row.add(check.error());
    return row;
  }

  private static String yes(boolean value) {
    return value ? "YES" : "NO";
  }
}
