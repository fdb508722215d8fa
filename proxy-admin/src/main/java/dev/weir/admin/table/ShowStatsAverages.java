package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW STATS_AVERAGES}. */
record ShowStatsAverages(ProxyView view) implements ShowTable<DatabaseTraffic> {
  private static final Columns<DatabaseTraffic> COLUMNS = Columns.<DatabaseTraffic>of()
      .text("database", DatabaseTraffic::database)
      .numeric("server_assignment_count", row -> row.average().serverAssignments())
      .numeric("xact_count", row -> row.average().transactions())
      .numeric("query_count", row -> row.average().queries())
      .numeric("bytes_received", row -> row.average().received())
      .numeric("bytes_sent", row -> row.average().sent())
      .numeric("xact_time", row -> row.average().transactionMicros())
      .numeric("query_time", row -> row.average().queryMicros())
      .numeric("wait_time", row -> row.average().waitMicros())
      .numeric("avg_client_parse_count", row -> row.average().clientParses())
      .numeric("avg_server_parse_count", row -> row.average().serverParses())
      .numeric("avg_bind_count", row -> row.average().binds())
      .numeric("avg_client_login_count", row -> row.average().clientLogins());

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
