package dev.weir.app.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A MariaDB server of our own. {@code root} may log in from this machine with {@link #password}; {@link #APP} owns the
 * database of its name, and {@link #MONITOR} may do what health checks need. The data folder holds the unix socket.
 */
public non-sealed class EmbeddedMariaDb extends EmbeddedServer {
  /** Name and password of the user, and name of its database. */
  public static final String APP = "app";
  /** Name and password of the account for health checks, as ProxySQL's variables have it by default. */
  public static final String MONITOR = "monitor";

  private static final String PRODUCT = "MariaDB";
  private static final List<String> ACCOUNTS = List.of("create database app character set utf8mb4",
      "create user app@'%' identified by 'app'", "grant all on app.* to app@'%'",
      "create user monitor@'%' identified by 'monitor'",
      "grant replication client, slave monitor on *.* to monitor@'%'",
      "grant select on sys.* to monitor@'%'");

  /** How a server ends: {@code CLEAN} breaks connections off and writes everything, {@code CRASH} is a kill -9. */
  public enum Stop {
    CLEAN("TERM"), CRASH("KILL");

    private final String signal;

    Stop(String signal) {
      this.signal = signal;
    }
  }

  /**
   * What a server is to be.
   *
   * @param jar the binaries' archive, or a folder in which it lies; not looked at when {@code installed} names others
   * @param installed binaries that are there already; null for those of the archive
   * @param port where to listen; 0 for a free one
   * @param settings server options, without the dashes; an empty value stands for an option without one
   * @param progress told what takes time, a line each
   */
  public record Options(Path jar, @Nullable MariaDbBinaries installed, int port,
      Map<String, String> settings, Consumer<String> progress) {
    /** For throw-away data: nothing is forced to disk. */
    public static Options throwAway(Path jar) {
      return new Options(jar, null, 0,
          Map.of("debug-no-sync", "", "innodb-flush-log-at-trx-commit", "0", "sync-binlog", "0"),
          _ -> {});
    }

    public Options with(String name, String value) {
      Map<String, String> more = new TreeMap<>(settings);
      more.put(name, value);
      return new Options(jar, installed, port, more, progress);
    }

    public Options reporting(Consumer<String> listener) {
      return new Options(jar, installed, port, settings, listener);
    }

    public Options of(MariaDbBinaries binaries) {
      return new Options(jar, binaries, port, settings, progress);
    }

    public Options on(int fixedPort) {
      return new Options(jar, installed, fixedPort, settings, progress);
    }
  }

  private final Options options;
  private final MariaDbBinaries binaries;
  private final Map<String, String> once = new HashMap<>();

  EmbeddedMariaDb(Options options, Unprivileged account, MariaDbBinaries binaries, Path folder) {
    super(PRODUCT, account, folder, options.port(), options.progress());
    this.options = options;
    this.binaries = binaries;
  }

  /** Unpacks if needed, makes the data folder and starts; returns when logins succeed. */
  public static EmbeddedMariaDb start(Options options) throws IOException, InterruptedException {
    EmbeddedMariaDb mariaDb = prepare(options);
    boolean started = false;
    try {
      mariaDb.start();
      started = true;
      return mariaDb;
    } finally {
      if (!started) {
        mariaDb.close();
      }
    }
  }

  /** Unpacks if needed and makes the data folder. */
  public static EmbeddedMariaDb prepare(Options options) throws IOException, InterruptedException {
    Unprivileged account = Unprivileged.forThisProcess(PRODUCT, Stop.CLEAN.signal);
    MariaDbBinaries installed = options.installed();
    MariaDbBinaries binaries = installed != null
        ? installed
        : MariaDbBinaries.unpacked(options.jar(), options, account.owner().isPresent());
    EmbeddedMariaDb mariaDb = new EmbeddedMariaDb(options, account, binaries, newFolder());
    mariaDb.makeData();
    return mariaDb;
  }

  static Path newFolder() throws IOException {
    return Files.createTempDirectory("weir-mariadb-").toRealPath();
  }

  final void makeData() throws IOException, InterruptedException {
    boolean prepared = false;
    try {
      prepareFolder();
      initialise();
      prepared = true;
    } finally {
      if (!prepared) {
        close();
      }
    }
  }

  /** Starts with options that only this start has. */
  public void startWith(Map<String, String> settings) throws IOException, InterruptedException {
    once.putAll(settings);
    try {
      start();
    } finally {
      once.clear();
    }
  }

  /** The programs that come with the server: mariadbd, and of the archive mariadb and mariadb-dump. */
  public Path binFolder() {
    return binaries.server().resolveSibling("");
  }

  public Path socket() {
    return dataFolder().resolve("mariadb.sock");
  }

  /** The driver asks for TLS by itself, and refuses a certificate it cannot check. */
  public String jdbcUrl(String database) {
    return "jdbc:mariadb://127.0.0.1:" + port() + "/" + database + "?sslMode="
        + (hasCertificate() ? "trust" : "disable");
  }

  /** Stops and leaves the data. Does nothing when it is not running. */
  public void stop(Stop how) throws IOException, InterruptedException {
    end(how.signal);
  }

  /** Empties the data folder of a server that does not run, for one that gets its data from others when it starts. */
  public void forgetData() throws IOException {
    if (isRunning()) {
      throw new IllegalStateException("still running");
    }
    emptyDataFolder();
  }

  void initialise() throws IOException, InterruptedException {
    report("creating a MariaDB data folder");
    List<String> command = base();
    command.addAll(List.of("--bootstrap", "--skip-log-bin", "--wsrep-on=OFF"));
    runOnce("bootstrap", command, secretFile(),
        MariaDbBootstrap.sql(binaries.share(), password(), ACCOUNTS));
  }

  List<String> base() {
    return new ArrayList<>(List.of(binaries.server().toString(), "--no-defaults",
        "--basedir=" + binaries.base(), "--lc-messages-dir=" + binaries.share(),
        "--character-sets-dir=" + binaries.share().resolve("charsets"), "--datadir=" + dataFolder(),
        "--tmpdir=" + dataFolder(), "--innodb-log-file-size=16M", "--loose-debug-no-sync"));
  }

  @Override
  List<String> command() {
    List<String> command = base();
    Map<String, String> settings = new TreeMap<>(options.settings());
    settings.put("port", Integer.toString(port()));
    settings.put("socket", socket().toString());
    settings.putIfAbsent("bind-address", "127.0.0.1");
    settings.putIfAbsent("pid-file", dataFolder().resolve("mariadb.pid").toString());
    settings.putIfAbsent("innodb-buffer-pool-size", "64M");
    settings.putIfAbsent("skip-name-resolve", "");
    if (!hasCertificate()) {
      // Else the server computes a key of its own at every start, which takes seconds.
      settings.put("skip-ssl", "");
    }
    settings.putAll(once);
    settings.forEach(
        (name, value) -> command.add("--" + name + (value.isEmpty() ? "" : "=" + value)));
    return command;
  }

  private boolean hasCertificate() {
    return options.settings().containsKey("ssl-cert");
  }

  @Override
  boolean isReady() {
    return log().contains("ready for connections");
  }

  @Override
  Map<String, String> environment() {
    return binaries.environment();
  }

  @Override
  String stopSignal() {
    return Stop.CLEAN.signal;
  }

  /** A node that joins a cluster copies all data first. */
  @Override
  Duration startTimeout() {
    return Duration.ofMinutes(2);
  }
}
