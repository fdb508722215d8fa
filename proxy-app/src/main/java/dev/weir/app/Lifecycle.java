package dev.weir.app;

import dev.weir.app.host.Account;
import dev.weir.app.host.AccountSwitch;
import dev.weir.app.host.PidFile;
import dev.weir.app.host.QuitSignal;
import dev.weir.app.host.ServiceManager;
import dev.weir.app.host.Signals;
import dev.weir.app.log.Logs;
import dev.weir.core.config.Config;
import dev.weir.core.config.ConfigException;
import dev.weir.core.config.ConfigReader;
import dev.weir.core.config.ProcessSettings;
import dev.weir.core.control.ProductVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that serves: from the command line to the exit status, in PgBouncer's order and with its texts. One run per
 * object; {@link #run} on the main thread, signals and events on others.
 */
final class Lifecycle implements ProxyEvents {
  private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

  private final ProxyFactory factory;
  private final Options options;
  private final Map<String, String> environment;
  private final ServiceManager manager;
  private volatile boolean toStderr;
  private volatile @Nullable Logs logs;
  private volatile @Nullable Proxy proxy;
  private volatile @Nullable PidFile pidFile;

  Lifecycle(ProxyFactory factory, Options options, Map<String, String> environment) {
    this.factory = factory;
    this.options = options;
    this.environment = environment;
    this.manager = ServiceManager.at(environment.get("NOTIFY_SOCKET"));
  }

  /** Serves until told to end. @return the exit status */
  int run() throws InterruptedException {
    toStderr = !options.quiet();
    Logs opened = Logs.install(toStderr, options.verbose());
    logs = opened;
    QuitSignal quit = QuitSignal.handle(this::onQuit);
    try (OutputStream launcher = launcher()) {
      Config config = ConfigReader.readAtStart(options.configFile(), options.verbose());
      opened.apply(LogPlans.of(config, toStderr));
      config.warnings().forEach(log::warn);
      becomeUser(config);
      Path pidPath = pidPath(config);
      if (options.daemon() && pidPath == null) {
        throw new IOException("daemon needs pidfile configured");
      }
      if (pidPath != null && !options.reboot()) {
        PidFile.check(pidPath);
      }
      log.info("{}", FileLimits.of(config));
      Proxy started = factory.start(config, options, this);
      proxy = started;
      if (pidPath != null) {
        pidFile = options.reboot() ? PidFile.replace(pidPath) : PidFile.write(pidPath);
      }
      handleSignals(started, quit);
      log.info("process up: {}, {}, {}", ProductVersion.FULL, Versions.netty(), Versions.java());
      manager.ready();
      if (options.daemon()) {
        toStderr = false;
        opened.apply(LogPlans.of(config, false));
      }
      launcher.write("up\n".getBytes(StandardCharsets.US_ASCII));
      return started.awaitExit();
    } catch (ConfigException e) {
      if (e.originalLogLine() != null) {
        log.error("{}", e.originalLogLine());
      }
      log.error("{}", e.getMessage());
      opened.fatal("cannot load config file");
      return 1;
    } catch (IOException e) {
      opened.fatal(String.valueOf(e.getMessage()));
      return 1;
    } catch (RuntimeException e) {
      log.error("this is a bug", e);
      opened.fatal("unexpected " + e);
      return 1;
    } finally {
      cleanUp();
    }
  }

  @Override
  public void configLoaded(Config config) {
    Logs opened = logs;
    if (opened != null) {
      opened.apply(LogPlans.of(config, toStderr));
    }
  }

  @Override
  public void statsLine(String line) {
    manager.status(line);
  }

  /** Where the launcher waits for our word that we are up; opened before an account change takes the right away. */
  private OutputStream launcher() throws IOException {
    String path = environment.get("WEIR_READY_FILE");
    if (path == null) {
      if (options.daemon()) {
        throw new IOException("to run in background, use the launcher bin/weir");
      }
      return OutputStream.nullOutputStream();
    }
    return Files.newOutputStream(Path.of(path), StandardOpenOption.WRITE);
  }

  /** The command line wins over the configuration. */
  private void becomeUser(Config config) throws IOException {
    String user = options.user() != null ? options.user() : config.get(ProcessSettings.USER);
    if (user != null && !user.isEmpty()) {
      AccountSwitch.to(user);
    }
    if (Account.current().isRoot()) {
      log.warn("running as root; better set \"user\" in the configuration or start with -u");
    }
  }

  private static @Nullable Path pidPath(Config config) {
    String path = config.get(ProcessSettings.PIDFILE);
    return path.isEmpty() ? null : Path.of(path);
  }

  private void handleSignals(Proxy started, QuitSignal quit)
      throws IOException, InterruptedException {
    OperatorSignals signals = new OperatorSignals(started, manager, this::fastExit);
    Signals.on("TERM", signals::onTerm);
    Signals.on("INT", signals::onInt);
    Signals.on("HUP", signals::onHup);
    Signals.on("USR1", signals::onUsr1);
    Signals.on("USR2", signals::onUsr2);
    if (!quit.awaitInstalled()) {
      log.debug("SIGQUIT stays with the JVM: descriptor 3 is not reserved for it");
    }
  }

  /** Not through the control thread, which may be stuck: this is the way out when nothing else works. */
  private void onQuit() {
    log.info("got SIGQUIT, fast exit");
    fastExit(0, "");
  }

  /** Does not come back. A close that hangs is given up: somebody wants this process to end now. */
  private void fastExit(int status, String fatal) {
    Logs opened = logs;
    if (!fatal.isEmpty() && opened != null) {
      opened.fatal(fatal);
    }
    Thread closing = Thread.ofPlatform().daemon().name("close").start(this::cleanUp);
    try {
      closing.join(CLOSE_LIMIT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(status);
  }

  private void cleanUp() {
    PidFile written = pidFile;
    if (written != null) {
      written.close();
    }
    Proxy started = proxy;
    if (started != null) {
      started.close();
    }
    Logs opened = logs;
    if (opened != null) {
      opened.close();
    }
  }
}
