package dev.weir.admin.proxysql;

import dev.weir.admin.sqlite.AdminStore.Side;
import dev.weir.admin.sqlite.SqlText;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code SHOW …} and {@code DESCRIBE} as SQL over the tables; values are quoted, names are checked. */
final class ShowStatement {
  private static final Set<String> SCHEMAS = Set.of("main", "disk", "stats", "monitor",
      "stats_history");
  private static final int LONGEST = 4096;
  private static final Pattern TEXT = Pattern.compile("'((?:[^'\\\\]|''|\\\\.)*)'|\"([^\"]*)\"");

  /** Makes the SQL; null when the form does not hold for this side. */
  @FunctionalInterface
  private interface Sql {
    @Nullable
    String of(MatchResult found, Side side);
  }

  /** A form of statement. */
  private record Form(Pattern pattern, Sql sql) {
    static Form of(String pattern, Sql sql) {
      return new Form(Pattern.compile("(?i)" + pattern), sql);
    }
  }

  private static final List<Form> FORMS = List.of(
      Form.of("SHOW (?:FULL )?TABLES(?: (?:FROM|IN) (\\S+))?(?: LIKE (.+))?",
          (m, side) -> tables(m.group(1), m.group(2), side)),
      Form.of("SHOW (?:DATABASES|SCHEMAS)(?: LIKE .+)?",
          (m, side) -> "SELECT seq, name, file FROM pragma_database_list WHERE name NOT IN ('information_schema', 'temp')"),
      Form.of("SHOW CREATE TABLE (\\S+)", (m, side) -> create(Name.of(m.group(1), null, side))),
      Form.of(
          "(?:SHOW (?:FULL )?(?:FIELDS|COLUMNS) (?:FROM|IN)|DESCRIBE|DESC) (\\S+)(?: (?:FROM|IN) (\\S+))?(?: LIKE (.+))?",
          (m, side) -> fields(Name.of(m.group(1), m.group(2), side), m.group(3))),
      Form.of("SHOW TABLE STATUS(?: (?:FROM|IN) \\S+)?(?: LIKE (.+))?",
          (m, side) -> tableStatus(m.group(1), side)),
      Form.of(
          "SHOW (?:(GLOBAL|SESSION|LOCAL|ALL|ADMIN|MYSQL|LDAP) )?VARIABLES(?: (LIKE|WHERE) (.+))?",
          (m, side) -> side == Side.OPERATOR
              ? variables(m.group(1), m.group(2), m.group(3))
              : pseudoVariables("", m.group(2), m.group(3))),
      Form.of("SHOW (?:(?:GLOBAL|SESSION|MYSQL) )?STATUS(?: LIKE (.+))?",
          (m, side) -> status(m.group(1))),
      Form.of("SHOW (FULL )?PROCESSLIST", (m, side) -> processes(m.group(1) != null)),
      Form.of("SHOW MYSQL (USERS|SERVERS)",
          (m, side) -> side == Side.OPERATOR ? rows(m.group(1)) : null),
      Form.of("SHOW (?:CHARSET|CHARACTER SET)(?: (LIKE|WHERE) (.+))?",
          (m, side) -> charsets(m.group(1), m.group(2), side)),
      Form.of("SHOW COLLATION(?: (LIKE|WHERE) (.+))?",
          (m, side) -> collations(m.group(1), m.group(2), side)),
      Form.of("SHOW TRIGGERS(?: (?:FROM|IN) \\S+)?(?: (?:LIKE|WHERE) .+)?",
          (m, side) -> "SELECT '' AS `Trigger`, '' AS Event, '' AS `Table`, '' AS Statement LIMIT 0"),
      Form.of("SHOW (?:WARNINGS|ERRORS)(?: LIMIT .+)?",
          (m, side) -> "SELECT '' AS Level, '' AS Code, '' AS Message LIMIT 0"));

  /** For who may only read statistics and so has no {@code mysql_collations}: what drivers look for. */
  private static final String FEW_COLLATIONS = "(SELECT column1 AS Id, column2 AS Collation, column3 AS Charset, column4 AS `Default` FROM (VALUES (8, 'latin1_swedish_ci', 'latin1', 'Yes'), (33, 'utf8_general_ci', 'utf8', 'Yes'), (45, 'utf8mb4_general_ci', 'utf8mb4', ''), (63, 'binary', 'binary', 'Yes'), (255, 'utf8mb4_0900_ai_ci', 'utf8mb4', 'Yes')))";

  private ShowStatement() {}

  /**
   * The SQL that answers it; null when this is no such statement.
   *
   * @throws AdminRefusal when a name or a text in it is none
   */
  static @Nullable String sql(String normal, Side side) {
    if (normal.length() > LONGEST) {
      return null;
    }
    for (Form form : FORMS) {
      Matcher matcher = form.pattern().matcher(normal);
      if (matcher.matches()) {
        return form.sql().of(matcher, side);
      }
    }
    return null;
  }

  private static String create(Name name) {
    return "SELECT name AS `table`, sql AS `Create Table` FROM " + name.schema()
        + ".sqlite_master WHERE type = 'table' AND name = " + quoted(name.table())
        + " COLLATE NOCASE";
  }

  private static String status(@Nullable String like) {
    return "SELECT Variable_Name AS Variable_name, Variable_Value AS Value FROM stats.stats_mysql_global"
        + (like == null ? "" : " WHERE Variable_Name LIKE " + pattern(like)) + " ORDER BY 1";
  }

  private static String processes(boolean full) {
    return "SELECT SessionID, user, db, hostgroup, command, time_ms, "
        + (full ? "info" : "SUBSTR(info, 1, 100)")
        + " AS info FROM stats.stats_mysql_processlist";
  }

  private static String rows(String what) {
    return what.equalsIgnoreCase("USERS")
        ? "SELECT * FROM main.mysql_users ORDER BY username, active DESC"
        : "SELECT * FROM main.mysql_servers ORDER BY hostgroup_id, hostname, port";
  }

  private static String tables(@Nullable String schema, @Nullable String like, Side side) {
    String where = schema == null
        ? side == Side.OPERATOR ? "main" : "stats"
        : schema(unquoted(schema), side);
    return "SELECT name AS tables FROM " + where
        + ".sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        + (like == null ? "" : " AND name LIKE " + pattern(like)) + " ORDER BY name";
  }

  private static String fields(Name name, @Nullable String like) {
    return "SELECT name AS Field, LOWER(type) AS Type, CASE `notnull` WHEN 1 THEN 'NO' ELSE 'YES' END AS `Null`, CASE pk WHEN 0 THEN '' ELSE 'PRI' END AS `Key`, dflt_value AS `Default`, '' AS Extra FROM pragma_table_info("
        + quoted(name.table()) + ", " + quoted(name.schema()) + ")"
        + (like == null ? "" : " WHERE name LIKE " + pattern(like));
  }

  private static String tableStatus(@Nullable String like, Side side) {
    return "SELECT name AS Name, 'SQLite' AS Engine, '10' AS Version, 'Dynamic' AS Row_format, '0' AS Rows, '0' AS Avg_row_length, '0' AS Data_length, '0' AS Max_data_length, '0' AS Index_length, '0' AS Data_free, NULL AS Auto_increment, NULL AS Create_time, NULL AS Update_time, NULL AS Check_time, 'utf8_bin' AS Collation, NULL AS Checksum, '' AS Create_options, '' AS Comment FROM "
        + (side == Side.OPERATOR ? "main" : "stats")
        + ".sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        + (like == null ? "" : " AND name LIKE " + pattern(like)) + " ORDER BY name";
  }

  private static String variables(@Nullable String which, @Nullable String how,
      @Nullable String what) {
    String scope = which == null ? "" : which.toUpperCase(Locale.ROOT);
    String prefix = switch (scope) {
      case "ADMIN" -> "admin-";
      case "MYSQL" -> "mysql-";
      case "LDAP" -> "ldap-";
      default -> "";
    };
    if (how != null && prefix.isEmpty()) {
      return pseudoVariables(
          "SELECT variable_name, variable_value FROM main.global_variables UNION ALL ", how, what);
    }
    return "SELECT variable_name AS Variable_name, variable_value AS Value FROM main.global_variables WHERE SUBSTR(variable_name, 1, "
        + prefix.length() + ") = '" + prefix + "'" + (how == null
            ? ""
            : " AND " + condition(how,
                what))
        + " ORDER BY 1";
  }

  /** Variables of a real server that drivers and tools ask for, beside our own. */
  private static String pseudoVariables(String ours, @Nullable String how, @Nullable String what) {
    StringBuilder values = new StringBuilder();
    ServerVariables.ALL.forEach((name, value) -> values.append(values.isEmpty() ? "" : ", ")
        .append('(').append(quoted(name)).append(", ").append(quoted(value)).append(')'));
    return "WITH v(Variable_name, Value) AS (" + ours + "SELECT column1, column2 FROM (VALUES "
        + values + ")) SELECT Variable_name, Value FROM v"
        + (how == null ? "" : " WHERE " + condition(how, what)) + " ORDER BY 1";
  }

  private static String condition(String how, @Nullable String what) {
    if (how.equalsIgnoreCase("LIKE")) {
      return "Variable_name LIKE " + pattern(String.valueOf(what));
    }
    return "(" + what + ")"; // the rest of the statement is SQL of the same client, on the same rights
  }

  private static String charsets(@Nullable String how, @Nullable String what, Side side) {
    return "SELECT * FROM (SELECT Charset, '' AS Description, Collation AS `Default collation`, CASE Charset WHEN 'utf8mb4' THEN 4 WHEN 'utf16' THEN 4 WHEN 'utf16le' THEN 4 WHEN 'utf32' THEN 4 WHEN 'gb18030' THEN 4 WHEN 'utf8' THEN 3 WHEN 'ujis' THEN 3 WHEN 'eucjpms' THEN 3 WHEN 'big5' THEN 2 WHEN 'cp932' THEN 2 WHEN 'euckr' THEN 2 WHEN 'gb2312' THEN 2 WHEN 'gbk' THEN 2 WHEN 'sjis' THEN 2 WHEN 'ucs2' THEN 2 ELSE 1 END AS Maxlen FROM "
        + known(side) + " WHERE `Default` = 'Yes')"
        + where("Charset", how, what) + " ORDER BY 1";
  }

  private static String collations(@Nullable String how, @Nullable String what,
      Side side) {
    return "SELECT * FROM (SELECT Collation, Charset, Id, `Default`, 'Yes' AS Compiled, 1 AS Sortlen FROM "
        + known(side) + ")"
        + where("Collation", how, what) + " ORDER BY 1";
  }

  private static String known(Side side) {
    return side == Side.OPERATOR ? "main.mysql_collations" : FEW_COLLATIONS;
  }

  private static String where(String column, @Nullable String how, @Nullable String what) {
    return how == null
        ? ""
        : how.equalsIgnoreCase("LIKE")
            ? " WHERE " + column + " LIKE " + pattern(String.valueOf(what))
            : " WHERE (" + what + ")"; // on the rights of who asks, as above
  }

  /** A text in quotes as a LIKE pattern that understands backslashes. */
  private static String pattern(String literal) {
    return quoted(text(literal)) + " ESCAPE '\\'";
  }

  private static String text(String literal) {
    Matcher m = TEXT.matcher(literal.strip());
    if (!m.matches()) {
      throw new AdminRefusal("near \"" + literal + "\": syntax error");
    }
    return m.group(1) != null ? m.group(1).replace("''", "'") : m.group(2);
  }

  static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String schema(String name, Side side) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean hidden = side == Side.STATISTICS && (lower.equals("main") || lower.equals("disk"));
    if (!SCHEMAS.contains(lower) || hidden) {
      throw new AdminRefusal("unknown database " + name);
    }
    return lower;
  }

  private static String unquoted(String name) {
    List<SqlText.Word> words = SqlText.of(name).words();
    return words.size() == 1 ? words.getFirst().text() : name;
  }

  /** A table in a schema, as written: {@code t}, {@code `t`}, {@code s.t}. */
  private record Name(String schema, String table) {
    static Name of(String written, @Nullable String from, Side side) {
      List<String> parts = SqlText.of(written).words().stream()
          .filter(word -> word.kind() != SqlText.Kind.SYMBOL).map(SqlText.Word::text).toList();
      if (parts.isEmpty() || parts.size() > 2) {
        throw new AdminRefusal("near \"" + written + "\": syntax error");
      }
      String table = parts.getLast();
      String schema = parts.size() == 2 ? parts.getFirst() : from == null ? null : unquoted(from);
      return new Name(schema == null ? home(table, side) : ShowStatement.schema(schema, side),
          table);
    }

    private static String home(String table, Side side) {
      String lower = table.toLowerCase(Locale.ROOT);
      if (lower.startsWith("stats_")) {
        return "stats";
      }
      if (lower.startsWith("mysql_server_")) {
        return "monitor";
      }
      return side == Side.OPERATOR ? "main" : "stats";
    }
  }
}
