package dev.weir.admin.console;

import dev.weir.admin.FakeProxy;
import dev.weir.admin.GeneratedPage;
import dev.weir.admin.command.Command;
import dev.weir.admin.command.Commands;
import dev.weir.admin.command.FakeParameters;
import dev.weir.admin.table.ShowTable;
import dev.weir.core.control.Access;
import dev.weir.core.control.ResultTable;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsolePageTest {
  private static final String INTRODUCTION = """
      # The console

      <!-- Made from the declarations in proxy-admin by ConsolePageTest; do not edit. -->

      Connect to the database `pgbouncer` with any PostgreSQL client: `psql -p 6432 pgbouncer`. Users named in
      `admin_users` may do everything, users named in `stats_users` may use what is marked *stats*; everybody else is
      refused. Statements, answers, tags and errors are PgBouncer's; the differences stand at the end of this page.

      A statement is a verb with at most one word, or `SET key = value`, and may end in a semicolon. Case does not matter.
      A word is made of letters, digits and underscores; anything else goes into double quotes, and the value of `SET` into
      single quotes. A quote inside quotes is doubled. Longest parts, in bytes and with their quotes: verb 15, word and key
      63, value 255; what is longer is answered with `bad arguments`, and what is no command with
      `invalid command '…', use SHOW HELP;`.

      """;

  private static final String DIFFERENCES = """
      ## Differences from PgBouncer

      - `SHOW FDS` shows NULL for passwords and SCRAM keys, and passes no descriptors.
      - A cancel request that ends the wait of PAUSE, SUSPEND or WAIT_CLOSE is answered with SQLSTATE 57014; PgBouncer says
        nothing. As there, it also ends a pause or suspension of everything, but not the pause of one database.
      - `HELP` is `SHOW HELP`, and `SELECT 1` answers 1.
      - `BEGIN`, `COMMIT` and `ROLLBACK` are answered and do nothing, because drivers send them.
      - The extended query protocol works, as drivers use it.
      - `SET` ignores more of the parameters that drivers set (listed above).
      - `KILL_CLIENT` takes a decimal number and nothing behind it.
      - `request_time` is NULL as long as a connection has not had a request.
      - A session may have 100 commands that wait at the same time, and a statement 4,096 characters.
      - `pkt_pos`, `send_pos` and `send_remain` are 0: our buffers have no such positions. `recv_pos` and `pkt_avail` are the
        bytes received and not yet passed on, `pkt_remain` what is still to come of the current message, `send_avail` what
        waits to be written.
      """;

  private final FakeProxy proxy = new FakeProxy();
  private final Commands commands = Commands.of(proxy, proxy);

  @Test
  void thePageIsUpToDate() {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    page.append("## Commands\n\n| command | who | what it does |\n|---|---|---|\n");
    for (Command command : commands.all()) {
      page.append("| `").append(command.syntax().replace("|", "\\|")).append("` | ")
          .append(who(command.access())).append(" | ").append(command.doc()).append(" |\n");
    }
    page.append(
        "\n## Parameters for drivers\n\n`SHOW` answers these, and `SET` ignores them with a notice:\n\n");
    FakeParameters.shown().forEach((name, value) -> page.append("- `").append(name).append("`: `")
        .append(value).append("`\n"));
    page.append("\nOnly `SET` knows these, and ignores them with a notice:\n\n");
    FakeParameters.ignored().forEach(name -> page.append("- `").append(name).append("`\n"));
    page.append("\n## Tables\n");
    for (ShowTable<?> table : commands.tables()) {
      page.append("\n### SHOW ").append(table.name()).append("\n\n").append(table.doc())
          .append(" For: ").append(who(table.access()))
          .append(".\n\n| column | type | meaning |\n|---|---|---|\n");
      List<ResultTable.Column> columns = table.columns().declared();
      List<String> docs = table.columns().docs();
      for (int i = 0; i < columns.size(); i++) {
        page.append("| ").append(columns.get(i).name()).append(" | ")
            .append(type(columns.get(i).type())).append(" | ").append(docs.get(i)).append(" |\n");
      }
    }
    GeneratedPage.check("console.md", page.append('\n').append(DIFFERENCES).toString());
  }

  private static String who(Access access) {
    return switch (access) {
      case STATS -> "stats, admin";
      case ADMIN -> "admin";
    };
  }

  private static String type(ResultTable.Type type) {
    return switch (type) {
      case TEXT -> "text";
      case INT -> "int4";
      case BIGINT -> "int8";
      case NUMERIC -> "numeric";
      case BYTES -> "bytea";
    };
  }
}
