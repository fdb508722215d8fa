package dev.weir.admin.table;

import dev.weir.core.control.LedgerView;
import dev.weir.core.control.ResultTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of SHOW LEDGER. */
public final class LedgerColumns {
  public static final Columns<LedgerView> ALL = Columns.<LedgerView>of()
      .wrappingCount("id", "The client, as in SHOW CLIENTS.", LedgerView::clientId)
      .text("kind", "What it is: schema, setting, user variable, prepared statement and so on.",
          LedgerView::kind)
      .text("name", "Its name, or empty where there is one only.", LedgerView::name)
      .text("value",
          "Its value, shortened; statements without their values, and *** for what is named like a secret.",
          LedgerView::value);

  private LedgerColumns() {}

  public static ResultTable table(List<LedgerView> rows) {
    List<List<@Nullable String>> values = new ArrayList<>();
    rows.forEach(row -> values.add(ALL.row(row)));
    return new ResultTable(ALL.declared(), values);
  }
}
