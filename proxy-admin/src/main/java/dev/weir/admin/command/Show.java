package dev.weir.admin.command;

import dev.weir.admin.table.ShowTable;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.Answer.Notice;
import dev.weir.core.control.ResultTable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code SHOW item} and {@code SELECT item}; each item says itself who may see it. */
record Show(String verb, Map<String, ShowTable<?>> tables, Notice usage) implements WordCommand {
  private static final List<ResultTable.Column> ONE = List
      .of(new ResultTable.Column("?column?", ResultTable.Type.INT));

  @Override
  public String name() {
    return verb;
  }

  @Override
  public String syntax() {
    return verb + " item";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return verb.equals("SHOW")
        ? "Answers one of the tables below."
        : "The same as SHOW. SELECT 1 answers 1.";
  }

  @Override
  public @Nullable Call call(String argument) {
    Call fake = FakeParameters.show(argument);
    if (fake != null) {
      return fake;
    }
    String item = argument.toUpperCase(Locale.ROOT);
    ShowTable<?> table = tables.get(item);
    if (table != null) {
      return new Call(table.access(), table.columns().declared(), () -> rows(table.read()));
    }
    if (item.equals("HELP")) {
      return call(() -> new Outcome.Now(new Answer.Done(List.of(usage), "SHOW")));
    }
    if (item.equals("1") && verb.equals("SELECT")) { // what pools ask to see whether a connection lives
      List<@Nullable String> row = List.of("1");
      return new Call(access(), ONE, () -> rows(new ResultTable(ONE, List.of(row))));
    }
    return null;
  }

  private static Outcome rows(ResultTable table) {
    return new Outcome.Now(new Answer.Rows(table, "SHOW"));
  }
}
