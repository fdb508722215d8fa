package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW STATS_TOTALS}. */
record ShowStatsTotals(ProxyView view) implements ShowTable<DatabaseTraffic> {
  private static final Columns<DatabaseTraffic> COLUMNS = Columns.<DatabaseTraffic>of()
      .text("database", "The database.", DatabaseTraffic::database)
      .numeric("server_assignment_count", "Total: how often a server was linked to a client.",
          row -> row.total().serverAssignments())
      .numeric("xact_count", "Total: transactions.", row -> row.total().transactions())
      .numeric("query_count", "Total: queries.", row -> row.total().queries())
      .numeric("bytes_received", "Total: bytes from clients.", row -> row.total().received())
      .numeric("bytes_sent", "Total: bytes from servers.", row -> row.total().sent())
      .numeric("xact_time", "Total: microseconds in transactions.",
          row -> row.total().transactionMicros())
      .numeric("query_time", "Total: microseconds in queries.", row -> row.total().queryMicros())
      .numeric("wait_time", "Total: microseconds that clients waited for a server.",
          row -> row.total().waitMicros())
      .numeric("client_parse_count", "Total: statements that clients prepared.",
          row -> row.total().clientParses())
      .numeric("server_parse_count", "Total: statements prepared on servers.",
          row -> row.total().serverParses())
      .numeric("bind_count", "Total: prepared statements bound for a run.",
          row -> row.total().binds())
      .numeric("client_login_count", "Total: clients that logged in.",
          row -> row.total().clientLogins());

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
