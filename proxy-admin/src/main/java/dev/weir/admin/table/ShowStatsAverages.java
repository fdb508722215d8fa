package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW STATS_AVERAGES}. */
record ShowStatsAverages(ProxyView view) implements ShowTable<DatabaseTraffic> {
  private static final Columns<DatabaseTraffic> COLUMNS = Columns.<DatabaseTraffic>of()
      .text("database", "The database.", DatabaseTraffic::database)
      .numeric("server_assignment_count",
          "Average: how often a server was linked to a client per second.",
          row -> row.average().serverAssignments())
      .numeric("xact_count", "Average: transactions per second.",
          row -> row.average().transactions())
      .numeric("query_count", "Average: queries per second.", row -> row.average().queries())
      .numeric("bytes_received", "Average: bytes from clients per second.",
          row -> row.average().received())
      .numeric("bytes_sent", "Average: bytes from servers per second.", row -> row.average().sent())
      .numeric("xact_time", "Average: microseconds per transaction.",
          row -> row.average().transactionMicros())
      .numeric("query_time", "Average: microseconds per query.", row -> row.average().queryMicros())
      .numeric("wait_time", "Average: microseconds of waiting per server assignment.",
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
    return "STATS_AVERAGES";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "The averages of SHOW STATS. Only the last four names begin with avg_, as in the original.";
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
