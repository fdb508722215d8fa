package dev.weir.app;

import dev.weir.app.log.Logs;
import dev.weir.core.config.Config;
import dev.weir.core.config.ConfigException;
import dev.weir.core.config.ConfigReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One start and stop, for the JVM to record which classes a start needs: the packaging runs it with {@code
 * -XX:AOTCacheOutput}. Serves on a port the system picks, for nobody.
 */
final class Training {
  private Training() {}

  /** @return the exit status */
  static int run(ProxyFactory factory, PrintStream err) throws InterruptedException {
    Path folder;
    try {
      folder = Files.createTempDirectory("weir-train-");
    } catch (IOException e) {
      err.println("cannot train: " + e.getMessage());
      return 1;
    }
    Path file = folder.resolve("weir.ini");
    Path logFile = folder.resolve("weir.log");
    Logs logs = Logs.install(false, 0);
    try {
      Files.writeString(file, String.join("\n",
          List.of("[databases]", "none = host=127.0.0.1 port=1", "[pgbouncer]",
              "listen_addr = 127.0.0.1",
              "listen_port = 0", "unix_socket_dir = " + folder, "auth_type = trust",
              "logfile = " + logFile, "")));
      Config config = ConfigReader.readAtStart(file, 0);
      logs.apply(LogPlans.of(config, false));
      try (Proxy proxy = factory.start(config, Options.of(file), new NoEvents())) {
        return proxy.shuttingDown() ? 1 : 0;
      }
    } catch (IOException | ConfigException e) {
      err.println("training run: " + e.getMessage());
      return 1;
    } finally {
      logs.close();
      for (Path path : List.of(file, logFile, folder)) {
        try {
          Files.deleteIfExists(path);
        } catch (IOException e) {
          err.println("cannot delete " + path);
        }
      }
    }
  }

  private record NoEvents() implements ProxyEvents {
    @Override
    public void configLoaded(Config config) {
      // nobody reloads
    }

    @Override
    public void statsLine(String line) {
      // nobody reads
    }
  }
}
