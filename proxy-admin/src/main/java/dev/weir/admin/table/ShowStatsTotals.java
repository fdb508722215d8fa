package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW STATS_TOTALS}. */
record ShowStatsTotals(ProxyView view) implements ShowTable<DatabaseTraffic> {
  private static final Columns<DatabaseTraffic> COLUMNS = Columns.<DatabaseTraffic>of()
      .text("database", DatabaseTraffic::database)
      .numeric("server_assignment_count", row -> row.total().serverAssignments())
      .numeric("xact_count", row -> row.total().transactions())
      .numeric("query_count", row -> row.total().queries())
      .numeric("bytes_received", row -> row.total().received())
      .numeric("bytes_sent", row -> row.total().sent())
      .numeric("xact_time", row -> row.total().transactionMicros())
      .numeric("query_time", row -> row.total().queryMicros())
      .numeric("wait_time", row -> row.total().waitMicros())
      .numeric("client_parse_count", row -> row.total().clientParses())
      .numeric("server_parse_count", row -> row.total().serverParses())
      .numeric("bind_count", row -> row.total().binds())
      .numeric("client_login_count", row -> row.total().clientLogins());

  @Override
  public String name() {
    return "STATS_TOTALS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "The totals of SHOW STATS.";
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
