package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW STATS}. */
record ShowStats(ProxyView view) implements ShowTable<DatabaseTraffic> {
  private static final Columns<DatabaseTraffic> COLUMNS = Columns.<DatabaseTraffic>of()
      .text("database", "The database.", DatabaseTraffic::database)
      .numeric("total_server_assignment_count", "Total: how often a server was linked to a client.",
          row -> row.total().serverAssignments())
      .numeric("total_xact_count", "Total: transactions.", row -> row.total().transactions())
      .numeric("total_query_count", "Total: queries.", row -> row.total().queries())
      .numeric("total_received", "Total: bytes from clients.", row -> row.total().received())
      .numeric("total_sent", "Total: bytes from servers.", row -> row.total().sent())
      .numeric("total_xact_time", "Total: microseconds in transactions.",
          row -> row.total().transactionMicros())
      .numeric("total_query_time", "Total: microseconds in queries.",
          row -> row.total().queryMicros())
      .numeric("total_wait_time", "Total: microseconds that clients waited for a server.",
          row -> row.total().waitMicros())
      .numeric("total_client_parse_count", "Total: statements that clients prepared.",
          row -> row.total().clientParses())
      .numeric("total_server_parse_count", "Total: statements prepared on servers.",
          row -> row.total().serverParses())
      .numeric("total_bind_count", "Total: prepared statements bound for a run.",
          row -> row.total().binds())
      .numeric("total_client_login_count", "Total: clients that logged in.",
          row -> row.total().clientLogins())
      .numeric("avg_server_assignment_count",
          "Average: how often a server was linked to a client per second.",
          row -> row.average().serverAssignments())
      .numeric("avg_xact_count", "Average: transactions per second.",
          row -> row.average().transactions())
      .numeric("avg_query_count", "Average: queries per second.", row -> row.average().queries())
      .numeric("avg_recv", "Average: bytes from clients per second.",
          row -> row.average().received())
      .numeric("avg_sent", "Average: bytes from servers per second.", row -> row.average().sent())
      .numeric("avg_xact_time", "Average: microseconds per transaction.",
          row -> row.average().transactionMicros())
      .numeric("avg_query_time", "Average: microseconds per query.",
          row -> row.average().queryMicros())
      .numeric("avg_wait_time", "Average: microseconds of waiting per server assignment.",
          row -> row.average().waitMicros())
      .numeric("avg_client_parse_count", "Average: statements that clients prepared per second.",
          row -> row.average().clientParses())
      .numeric("avg_server_parse_count", "Average: statements prepared on servers per second.",
          row -> row.average().serverParses())
      .numeric("avg_bind_count", "Average: prepared statements bound for a run per second.",
          row -> row.average().binds())
      .numeric("avg_client_login_count", "Average: clients that logged in per second.",
          row -> row.average().clientLogins());

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
