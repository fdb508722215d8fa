import dev.weir.app.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.Map;

/** Starts the PostgreSQL that comes with Weir for bench/run: prints port and password, serves until its input ends. */
final class StartPostgres {
  public static void main(String[] args) throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(
        EmbeddedPostgres.Options.throwAway(Path.of(args[0])).with("max_connections", "200"))) {
      System.out.println(postgres.port() + " " + postgres.password());
      System.out.flush();
      while (System.in.read() >= 0) {
        // only the end matters
      }
    }
  }
}
