package dev.weir.admin.proxysql;

import dev.weir.core.control.Answer;
import dev.weir.core.control.ResultTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers in the shapes of ProxySQL's admin port. */
final class Replies {
  private static final String PREFIX = "ProxySQL Admin Error: ";

  private Replies() {}

  static Answer.Failed failed(String problem) {
    return new Answer.Failed("28000", 1045, PREFIX + problem);
  }

  static Answer.Failed failed(AdminRefusal refusal) {
    return new Answer.Failed(refusal.sqlState(), refusal.errno(),
        PREFIX + refusal.getMessage());
  }

  /** Every column is a text, as there. */
  static Answer rows(List<String> columns, List<List<@Nullable String>> rows) {
    return new Answer.Rows(new ResultTable(columns(columns), rows), "SELECT " + rows.size());
  }

  static List<ResultTable.Column> columns(List<String> names) {
    return names.stream().map(name -> new ResultTable.Column(name, ResultTable.Type.TEXT))
        .toList();
  }

  /** One row of one column. */
  static Answer one(String column, @Nullable String value) {
    List<@Nullable String> row = java.util.Collections.singletonList(value);
    return rows(List.of(column), List.of(row));
  }
}
