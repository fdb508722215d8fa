package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ResultTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One item of SHOW. Whoever adds one must say who may see it: there is no default.
 *
 * @param <R> what one row is made from
 */
public interface ShowTable<R> {
  /** The word after SHOW, in capitals. */
  String name();

  /** Who may read it. */
  Access access();

  /** A sentence or two for the manual. */
  String doc();

  Columns<R> columns();

  /** The rows in order; called on the control thread. */
  List<R> rows();

  /** The whole answer; called on the control thread. */
  default ResultTable read() {
    Columns<R> columns = columns();
    List<List<@Nullable String>> values = new ArrayList<>();
    for (R row : rows()) {
      values.add(columns.row(row));
    }
    return new ResultTable(columns.declared(), values);
  }
}
