package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.ResultTable;
import dev.weir.core.control.RouteView;
import dev.weir.core.control.StateView;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code EXPLAIN ROUTE}. */
record ExplainRoute(StateView view) implements PhraseCommand {
  private static final int LONGEST = 64 * 1024;
  private static final Pattern FOR = Pattern.compile("FOR\\s+(\\S+)(?:\\s+(.*))?",
      Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final List<ResultTable.Column> COLUMNS = List.of(
      new ResultTable.Column("protocol", ResultTable.Type.TEXT),
      new ResultTable.Column("item", ResultTable.Type.TEXT),
      new ResultTable.Column("value", ResultTable.Type.TEXT));

  @Override
  public String name() {
    return "EXPLAIN ROUTE";
  }

  @Override
  public String syntax() {
    return "EXPLAIN ROUTE [FOR <client_id>] <statement>";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "What a statement would do to its session and, for MySQL, which query rules it meets and "
        + "where it would go; without running it. FOR takes a client's user, schema, address and "
        + "settings; without it there are none, and both protocols are told of.";
  }

  @Override
  public Call call(String rest) {
    return new Call(access(), COLUMNS, () -> {
      Matcher named = FOR.matcher(rest);
      boolean ofClient = named.matches();
      String behind = ofClient ? named.group(2) : rest;
      String statement = behind == null ? "" : behind;
      if (statement.isEmpty()) {
        throw new ControlException("a statement is required: " + syntax());
      }
      if (statement.length() > LONGEST) {
        throw new ControlException("the statement is longer than " + LONGEST + " characters");
      }
      long client = ofClient ? Arguments.shownClient(named.group(1)) : 0;
      List<RouteView> rows = ofClient && client == 0 ? null : view.explain(statement, client);
      if (rows == null) {
        throw new ControlException("no client has the id " + (ofClient ? named.group(1) : "0")
            + ": SHOW CLIENTS has those there are in its columns id and ptr");
      }
      return new Outcome.Now(new Answer.Rows(table(rows), "EXPLAIN"));
    });
  }

  private static ResultTable table(List<RouteView> rows) {
    List<List<@Nullable String>> values = new ArrayList<>();
    rows.forEach(row -> values.add(List.of(row.protocol().label(), row.item(), row.value())));
    return new ResultTable(COLUMNS, values);
  }
}
