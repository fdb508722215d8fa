package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.ProxyView;
import dev.weir.core.control.Traffic;
import java.util.ArrayList;
import java.util.List;

/** {@code SHOW TOTALS}. */
record ShowTotals(ProxyView view) implements ShowTable<ShowTotals.Item> {
  private static final Columns<ShowTotals.Item> COLUMNS = Columns.<ShowTotals.Item>of()
      .text("name", "total_ or avg_ and what is counted.", Item::name)
      .numeric("value", "The number; units as in SHOW STATS.", Item::value);

  @Override
  public String name() {
    return "TOTALS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Traffic of all pools together, the console's among them: totals, then averages.";
  }

  @Override
  public Columns<ShowTotals.Item> columns() {
    return COLUMNS;
  }

  @Override
  public List<ShowTotals.Item> rows() {
    DatabaseTraffic all = view.totalTraffic();
    List<Item> rows = new ArrayList<>();
    add(rows, "total_", all.total());
    add(rows, "avg_", all.average());
    return rows;
  }

  record Item(String name, long value) {}

  private static void add(List<Item> rows, String prefix, Traffic traffic) {
    rows.add(new Item(prefix + "server_assignment_count", traffic.serverAssignments()));
    rows.add(new Item(prefix + "xact_count", traffic.transactions()));
    rows.add(new Item(prefix + "query_count", traffic.queries()));
    rows.add(new Item(prefix + "client_bytes", traffic.received()));
    rows.add(new Item(prefix + "server_bytes", traffic.sent()));
    rows.add(new Item(prefix + "xact_time", traffic.transactionMicros()));
    rows.add(new Item(prefix + "query_time", traffic.queryMicros()));
    rows.add(new Item(prefix + "wait_time", traffic.waitMicros()));
    rows.add(new Item(prefix + "ps_client_parse_count", traffic.clientParses()));
    rows.add(new Item(prefix + "ps_server_parse_count", traffic.serverParses()));
    rows.add(new Item(prefix + "ps_bind_count", traffic.binds()));
    rows.add(new Item(prefix + "client_login_count", traffic.clientLogins()));
  }
}
