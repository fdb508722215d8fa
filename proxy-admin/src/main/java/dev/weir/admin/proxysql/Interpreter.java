package dev.weir.admin.proxysql;

import dev.weir.admin.sqlite.AdminStore.Side;
import dev.weir.admin.sqlite.ComputedTable;
import dev.weir.admin.sqlite.RuntimeFacts;
import dev.weir.admin.sqlite.SqlText;
import dev.weir.admin.sqlite.StoreAnswer;
import dev.weir.admin.sqlite.StoreException;
import dev.weir.core.config.mysql.ContradictionException;
import dev.weir.core.config.mysql.MysqlVariable;
import dev.weir.core.config.mysql.VariableCatalogue;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.LocalSession.Description;
import dev.weir.core.control.ProductVersion;
import dev.weir.core.control.ResultTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds out what a statement is and runs it. Confined to the admin thread. */
final class Interpreter {
  /** What drivers and mysqldump send around their work; nothing has to be done. */
  private static final Set<String> NOTHING_TO_DO = Set.of("BEGIN", "START", "COMMIT", "ROLLBACK",
      "END", "SAVEPOINT", "RELEASE", "USE", "LOCK", "UNLOCK");
  private static final Set<String> CHANGES = Set.of("INSERT", "UPDATE", "DELETE", "REPLACE",
      "CREATE", "DROP", "ALTER", "WITH");

  /** The other console's, by either wire. */
  private static final Pattern EXPLAIN_ROUTE = Pattern.compile("\\s*EXPLAIN\\s+ROUTE\\b.*",
      Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private final AdminState state;
  private final RuntimeLink runtime;
  private final AdminVerbs verbs;
  private final ConfigCommands config;
  private final History history;

  Interpreter(AdminState state, RuntimeLink runtime) {
    this.state = state;
    this.runtime = runtime;
    this.history = new History(state, runtime);
    this.verbs = new AdminVerbs(runtime, state, history);
    this.config = new ConfigCommands(state, runtime);
  }

  /** Whether a statement is one that this console means, and not a word of another one's. */
  static boolean knows(String statement) {
    SqlText text = SqlText.of(statement);
    String normal = text.normal();
    String verb = text.verb();
    return switch (verb) {
      case "SHOW" -> ConfigCommands.knows(normal) || showKnown(normal);
      case "KILL", "PROXYSQL", "PROXYSQLTEST", "TRUNCATE", "LOGENTRY", "SIGNAL", "PULL" ->
        AdminVerbs.knows(normal);
      case "LOAD", "SAVE" -> ConfigCommands.knows(normal) || AdminVerbs.knows(normal);
      case "CHECKSUM" -> ConfigCommands.knows(normal);
      case "SET" -> {
        SetStatement set = SetStatement.of(normal);
        yield set != null && set.ours();
      }
      case "EXPLAIN" -> !EXPLAIN_ROUTE.matcher(statement).matches();
      case "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES", "CREATE", "DROP",
          "ALTER", "DESCRIBE", "DESC" ->
        true;
      default -> false;
    };
  }

  /** Transactions, USE, locks, what drivers SET: nothing has to be done. */
  static boolean answersQuietly(String statement) {
    SqlText text = SqlText.of(statement);
    return NOTHING_TO_DO.contains(text.verb()) || text.verb().equals("SET");
  }

  private static boolean showKnown(String normal) {
    try {
      return ShowStatement.sql(normal, Side.OPERATOR) != null;
    } catch (AdminRefusal e) {
      return true; // it is one, with a mistake in it
    }
  }

  /** @param now seconds since 1970 */
  void keepHistory(long now) {
    history.tick(now);
  }

  Answer run(AdminClient client, String statement, List<@Nullable Object> parameters) {
    try {
      return answer(client, SqlText.of(statement), parameters);
    } catch (AdminRefusal e) {
      return Replies.failed(e);
    } catch (StoreException e) {
      return e.busy()
          ? new Answer.Failed("HY000", 1205, "ProxySQL Admin Error: " + e.problem())
          : Replies.failed(e.problem());
    } catch (ContradictionException e) {
      return Replies.failed(e.reason());
    }
  }

  private Answer answer(AdminClient client, SqlText text, List<@Nullable Object> parameters)
      throws StoreException {
    state.store.speaksFor(client.user(), client.id(), client.schema(), ProductVersion.PROXYSQL);
    if (text.normal().isEmpty()) {
      return text.text().contains("/*!")
          ? Answer.Done.of("SET")
          : new Answer.Failed("42000", 1065, "Query was empty");
    }
    String normal = text.normal();
    String verb = text.verb();
    if (NOTHING_TO_DO.contains(verb)) {
      return Answer.Done.of(verb.equals("START") ? "START TRANSACTION" : verb);
    }
    if (ConfigCommands.knows(normal) || AdminVerbs.knows(normal)) {
      requireOperator(client);
      Answer answer = config.run(normal);
      Answer other = answer == null ? verbs.run(normal) : answer;
      return other == null ? Replies.failed("near \"" + verb + "\": syntax error") : other;
    }
    if (verb.equals("SET")) {
      return set(client, normal);
    }
    if (normal.equalsIgnoreCase("SELECT GLOBAL_CHECKSUM()")) {
      requireOperator(client);
      return globalChecksum();
    }
    VariableSelect.Result variables = VariableSelect.read(normal,
        name -> variable(client.side(), name));
    if (variables != null) {
      return Replies.rows(variables.columns(), List.of(variables.values()));
    }
    if (normal.equalsIgnoreCase("SELECT CONCAT(@@version, ' ', @@version_comment)")) {
      return Replies.one("concat(@@version, ' ', @@version_comment)",
          ProductVersion.PROXYSQL + " " + ServerVariables.ALL.get("version_comment"));
    }
    return sql(client, text, parameters);
  }

  private Answer sql(AdminClient client, SqlText text, List<@Nullable Object> parameters)
      throws StoreException {
    SqlText statement = text;
    if (isShow(text)) {
      String show = ShowStatement.sql(text.normal(), client.side());
      if (show == null) {
        return Replies.failed("near \"" + text.verb() + "\": syntax error");
      }
      statement = SqlText.of(show);
    }
    boolean readOnly = state.readOnly() && CHANGES.contains(statement.verb());
    if (readOnly && !statement.verb().equals("WITH")) {
      return Replies.failed("Admin is read only");
    }
    List<ComputedTable> named = state.store.named(statement, client.side());
    fill(client.side(), named);
    try {
      return told(statement,
          state.store.execute(client.side(), statement, parameters, state.readOnly()));
    } finally {
      for (ComputedTable table : named) {
        state.store.clear(client.side(), table);
      }
    }
  }

  private static boolean isShow(SqlText text) {
    return switch (text.verb()) {
      case "SHOW", "DESCRIBE", "DESC" -> true;
      default -> false;
    };
  }

  private void fill(Side side, List<ComputedTable> tables) throws StoreException {
    if (tables.isEmpty()) {
      return;
    }
    RuntimeFacts facts = new RuntimeFacts(runtime.view(), runtime.states(), state.running(),
        state.checksums.all(),
        state.messages);
    List<List<List<@Nullable Object>>> rows = runtime.ask(() -> {
      List<List<List<@Nullable Object>>> all = new ArrayList<>();
      tables.forEach(table -> all.add(table.rows().read(facts)));
      return all;
    });
    for (int i = 0; i < tables.size(); i++) {
      state.store.fill(side, tables.get(i), rows.get(i));
    }
  }

  private static Answer told(SqlText statement, StoreAnswer answer) {
    return switch (answer) {
      case StoreAnswer.Rows(List<String> columns, var rows) -> Replies.rows(columns, rows);
      case StoreAnswer.Changed(long rows) -> {
        String verb = statement.verb();
        String tag = switch (verb) {
          case "INSERT", "REPLACE" -> "INSERT 0 " + rows;
          case "UPDATE", "DELETE" -> verb + " " + rows;
          default -> verb;
        };
        yield Answer.Done.of(tag, rows);
      }
    };
  }

  private Answer set(AdminClient client, String normal) throws StoreException {
    SetStatement set = SetStatement.of(normal);
    if (set == null) {
      return Replies.failed("near \"SET\": syntax error");
    }
    if (!set.ours()) {
      return set.expected()
          ? Answer.Done.of("SET")
          : new Answer.Done(List.of(), "SET", 0,
              "ERROR: Unknown global variable: '" + set.name() + "'.");
    }
    requireOperator(client);
    if (state.readOnly() && !set.name().equals("admin-read_only")) {
      return Replies.failed("Admin is read only");
    }
    return config.set(set);
  }

  private Answer globalChecksum() {
    List<@Nullable String> row = List.of(Long.toUnsignedString(state.checksums.global()));
    return new Answer.Rows(
        new ResultTable(List.of(new ResultTable.Column("CHECKSUM", ResultTable.Type.NUMERIC)),
            List.of(row)),
        "SELECT 1");
  }

  /** A variable of a server, one of ours, or a counter; null when there is none of that name. */
  private @Nullable String variable(Side side, String name) {
    String fixed = ServerVariables.ALL.get(name);
    if (fixed != null) {
      return fixed;
    }
    MysqlVariable own = VariableCatalogue.findInAnyCase(name);
    if (side == Side.OPERATOR && own != null) {
      return name.equals("admin-version")
          ? ProductVersion.PROXYSQL
          : state.running().variables().text(own.name());
    }
    return runtime.ask(() -> runtime.view().globals()).entrySet().stream()
        .filter(entry -> entry.getKey().toLowerCase(Locale.ROOT).equals(name))
        .map(entry -> Long.toString(entry.getValue())).findFirst().orElse(null);
  }

  private static void requireOperator(AdminClient client) {
    if (client.access() != Access.ADMIN) {
      throw new AdminRefusal("Command denied to user '" + client.user() + "'");
    }
  }

  /** What a statement would answer; anything but a table is found out without running it. */
  Description describe(AdminClient client, String statement) {
    SqlText text = SqlText.of(statement);
    try {
      if (text.normal().isEmpty() || NOTHING_TO_DO.contains(text.verb())
          || text.verb().equals("SET")) {
        return new Description(0, null, null);
      }
      if (text.verb().equals("SELECT") || text.verb().equals("WITH") || isShow(text)) {
        return described(client, text);
      }
      if (ConfigCommands.knows(text.normal()) || AdminVerbs.knows(text.normal())) {
        return new Description(0, ConfigCommands.columns(text.normal()), null);
      }
      state.store.columns(client.side(), text);
      return new Description(text.placeholders(), null, null);
    } catch (StoreException e) {
      return new Description(0, null, Replies.failed(e.problem()));
    } catch (AdminRefusal e) {
      return new Description(0, null, Replies.failed(e));
    }
  }

  private Description described(AdminClient client, SqlText text) throws StoreException {
    String normal = text.normal();
    if (normal.contains("@@") || normal.equalsIgnoreCase("SELECT GLOBAL_CHECKSUM()")) {
      return answer(client, text, List.of()) instanceof Answer.Rows(ResultTable table, var _)
          ? new Description(0, table.columns(), null)
          : new Description(0, null, null);
    }
    if (ConfigCommands.knows(normal)) {
      return new Description(0, ConfigCommands.columns(normal), null);
    }
    String show = isShow(text) ? ShowStatement.sql(normal, client.side()) : null;
    List<String> columns = state.store.columns(client.side(),
        show == null ? text : SqlText.of(show));
    return new Description(text.placeholders(),
        columns == null ? null : Replies.columns(columns), null);
  }
}
