package dev.weir.admin.proxysql;

import dev.weir.core.config.mysql.ConfigTable;
import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.MysqlConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the running configuration as a {@code proxysql.cnf} that reads back as the same. */
final class CnfWriter {
  private final StringBuilder out = new StringBuilder();

  private CnfWriter() {}

  static String text(MysqlConfig config) {
    CnfWriter writer = new CnfWriter();
    writer.variables("admin_variables", "admin-", config);
    writer.variables("mysql_variables", "mysql-", config);
    for (ConfigTable<?> table : ConfigTables.ALL) {
      writer.table(table, config);
    }
    return writer.out.toString();
  }

  private void variables(String group, String prefix, MysqlConfig config) {
    out.append(group).append("=\n{\n");
    for (Map.Entry<String, String> entry : config.variables().all().entrySet()) {
      if (entry.getKey().startsWith(prefix) && !entry.getKey().equals("admin-version")) {
        out.append('\t').append(entry.getKey().substring(prefix.length())).append('=');
        quoted(entry.getValue());
        out.append('\n');
      }
    }
    out.append("}\n\n");
  }

  private <R> void table(ConfigTable<R> table, MysqlConfig config) {
    List<R> rows = config.rows(table);
    if (rows.isEmpty()) {
      return;
    }
    out.append(table == ConfigTables.RESTAPI_ROUTES ? "restapi" : table.name()).append("=\n(\n");
    String separator = "";
    for (R row : rows) {
      out.append(separator).append("\t{\n");
      List<@Nullable String> values = table.write(row);
      for (int i = 0; i < values.size(); i++) {
        String value = values.get(i);
        if (value != null) {
          out.append("\t\t").append(table.columns().get(i)).append('=');
          quoted(value);
          out.append('\n');
        }
      }
      out.append("\t}");
      separator = ",\n";
    }
    out.append("\n)\n\n");
  }

  private void quoted(String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' && c != 0) {
            out.append(String.format(java.util.Locale.ROOT, "\\x%02x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
