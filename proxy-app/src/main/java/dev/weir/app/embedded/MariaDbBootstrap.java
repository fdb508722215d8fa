package dev.weir.app.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The SQL that makes a new data folder, as {@code mariadb-install-db} feeds it to the server, without that shell
 * script. The bootstrap parser reads a statement up to the semicolon at a line's end, so each stands on its own line.
 */
final class MariaDbBootstrap {
  /** In the order in which the server's own script reads them; names before 11.0 begin with mysql. */
  private static final List<String> SCRIPTS = List.of("mariadb_system_tables.sql",
      "mariadb_performance_tables.sql", "mariadb_system_tables_data.sql", "fill_help_tables.sql",
      "maria_add_gis_sp_bootstrap.sql", "mariadb_sys_schema.sql");

  private MariaDbBootstrap() {}

  /** System tables, {@code root} with a password and only from this machine, then {@code statements}. */
  static String sql(Path share, String rootPassword, List<String> statements) throws IOException {
    StringBuilder sql = new StringBuilder("""
        create database mysql;
        use mysql;
        SET @auth_root_socket=NULL;
        SET @skip_auth_anonymous=1;
        """);
    for (String name : SCRIPTS) {
      Path script = share.resolve(name);
      if (!Files.exists(script)) {
        script = share.resolve(name.replace("mariadb_", "mysql_"));
      }
      sql.append(withoutComments(script)).append('\n');
    }
    sql.append("delete from mysql.global_priv where User in ('', 'root');\nFLUSH PRIVILEGES;\n");
    for (String host : List.of("localhost", "127.0.0.1", "::1")) {
      String root = "root@'" + host + "'";
      sql.append("create user ").append(root).append(" identified by '").append(rootPassword)
          .append("';\ngrant all on *.* to ").append(root).append(" with grant option;\n");
    }
    statements.forEach(statement -> sql.append(statement).append(";\n"));
    return sql.toString();
  }

  private static String withoutComments(Path script) throws IOException {
    try (var lines = Files.lines(script, StandardCharsets.UTF_8)) {
      return lines.filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
    } catch (UncheckedIOException e) {
      throw new IOException("cannot read " + script, e.getCause());
    }
  }
}
