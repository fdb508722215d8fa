package dev.weir.app;

import dev.weir.core.control.ProxyControl.ShutdownMode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One start and stop, for the JVM to record which classes a start needs: the packaging runs it with {@code
 * -XX:AOTCacheOutput}. Serves on a port the system picks, for nobody.
 */
final class Training {
  private Training() {}

  /** @return the exit status */
  static int run(ProxyFactory factory, PrintStream err) throws InterruptedException {
    ProxyFactory once = (config, options, events) -> {
      Proxy proxy = factory.start(config, options, events);
      proxy.controlThread().execute(() -> proxy.control().shutdown(ShutdownMode.IMMEDIATE));
      return proxy;
    };
    try {
      Path folder = Files.createTempDirectory("weir-train-");
      Path config = folder.resolve("weir.ini");
      Path users = folder.resolve("userlist.txt");
      Path log = folder.resolve("weir.log");
      try {
        Files.writeString(users, "\"nobody\" \"SCRAM-SHA-256$4096:c2FsdA==$AAAA:AAAA\"\n");
        Files.writeString(config, String.join("\n",
            List.of("[databases]", "none = host=127.0.0.1 port=1", "[pgbouncer]",
                "listen_addr = 127.0.0.1",
                "listen_port = 0", "unix_socket_dir = " + folder, "auth_type = trust",
                "auth_file = " + users,
                "pidfile = " + folder.resolve("weir.pid"), "logfile = " + log, "")));
        int status = new Lifecycle(once, new Options(config, false, true, false, 0, null), Map.of())
            .run();
        if (status != 0) {
          err.print(Files.exists(log) ? Files.readString(log) : "no log\n");
        }
        return status;
      } finally {
        for (Path path : List.of(config, users, log, folder)) {
          Files.deleteIfExists(path);
        }
      }
    } catch (IOException e) {
      err.println("training run: " + e.getMessage());
      return 1;
    }
  }
}
