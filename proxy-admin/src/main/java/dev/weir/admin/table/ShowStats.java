package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW STATS}. */
record ShowStats(ProxyView view) implements ShowTable<DatabaseTraffic> {
  private static final Columns<DatabaseTraffic> COLUMNS = Columns.<DatabaseTraffic>of()
      .text("database", DatabaseTraffic::database)
      .numeric("total_server_assignment_count", row -> row.total().serverAssignments())
      .numeric("total_xact_count", row -> row.total().transactions())
      .numeric("total_query_count", row -> row.total().queries())
      .numeric("total_received", row -> row.total().received())
      .numeric("total_sent", row -> row.total().sent())
      .numeric("total_xact_time", row -> row.total().transactionMicros())
      .numeric("total_query_time", row -> row.total().queryMicros())
      .numeric("total_wait_time", row -> row.total().waitMicros())
      .numeric("total_client_parse_count", row -> row.total().clientParses())
      .numeric("total_server_parse_count", row -> row.total().serverParses())
      .numeric("total_bind_count", row -> row.total().binds())
      .numeric("total_client_login_count", row -> row.total().clientLogins())
      .numeric("avg_server_assignment_count", row -> row.average().serverAssignments())
      .numeric("avg_xact_count", row -> row.average().transactions())
      .numeric("avg_query_count", row -> row.average().queries())
      .numeric("avg_recv", row -> row.average().received())
      .numeric("avg_sent", row -> row.average().sent())
      .numeric("avg_xact_time", row -> row.average().transactionMicros())
      .numeric("avg_query_time", row -> row.average().queryMicros())
      .numeric("avg_wait_time", row -> row.average().waitMicros())
      .numeric("avg_client_parse_count", row -> row.average().clientParses())
      .numeric("avg_server_parse_count", row -> row.average().serverParses())
      .numeric("avg_bind_count", row -> row.average().binds())
      .numeric("avg_client_login_count", row -> row.average().clientLogins());

  @Override
  public String name() {
    return "STATS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Traffic of each database: totals, then averages per second over the last one to two stats_periods (times per transaction, query and server assignment, in microseconds).";
  }

  @Override
  public Columns<DatabaseTraffic> columns() {
    return COLUMNS;
  }

  @Override
  public List<DatabaseTraffic> rows() {
    return view.traffic();
  }
}
