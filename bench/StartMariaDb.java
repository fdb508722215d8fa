import dev.weir.app.embedded.EmbeddedMariaDb;
import dev.weir.app.embedded.MariaDbBinaries;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Map;

/**
 * Starts a MariaDB for bench/run: the one that comes with Weir, or the installed one of which program and share folder
 * are the second and third argument. Prints port, root's password and the version, serves until its input ends.
 */
final class StartMariaDb {
  public static void main(String[] args) throws Exception {
    EmbeddedMariaDb.Options options = EmbeddedMariaDb.Options.throwAway(Path.of(args[0]))
        .with("max_connections", "1500").with("max_prepared_stmt_count", "100000").with("back_log", "1000")
        .with("innodb-buffer-pool-size", "256M");
    if (args.length == 3) {
      options = options.of(new MariaDbBinaries(Path.of(args[1]), Path.of("/usr"), Path.of(args[2]), Map.of()));
    }
    EmbeddedMariaDb mariaDb = EmbeddedMariaDb.start(options);
    try {
      String version;
      try (Connection root = DriverManager.getConnection(mariaDb.jdbcUrl("app"), "root", mariaDb.password())) {
        version = root.getMetaData().getDatabaseProductVersion();
      }
      System.out.println(mariaDb.port() + " " + mariaDb.password() + " " + version);
      System.out.flush();
      while (System.in.read() >= 0) {
        // only the end matters
      }
    } finally {
      mariaDb.close();
    }
  }
}
