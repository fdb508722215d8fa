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
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One database server of our own on a loopback port, with its data in a temporary folder. {@link #close} leaves no
 * process and no file; when this process is killed, the server ends by itself (its folder stays). Methods block and may
 * be called from any thread, one at a time.
 */
public abstract sealed class EmbeddedServer implements AutoCloseable
    permits EmbeddedPostgres, EmbeddedMariaDb {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
  private static final int PORT_ATTEMPTS = 5;
  private static final String KILL = "KILL";

  private final String product;
  private final Unprivileged account;
  private final Path folder;
  private final Consumer<String> progress;
  private final String password = newPassword();
  private int port;
  private @Nullable Process server;

  EmbeddedServer(String product, Unprivileged account, Path folder, int port,
      Consumer<String> progress) {
    this.product = product;
    this.account = account;
    this.folder = folder;
    this.port = port;
    this.progress = progress;
  }

  /** The command line that starts the server on {@link #port}. */
  abstract List<String> command();

  /** Whether logins succeed; asked again and again while the process runs. */
  abstract boolean isReady();

  /** Variables that the server's programs need beyond ours. */
  abstract Map<String, String> environment();

  /** The signal on which the server ends in order and does not wait for its clients. */
  abstract String stopSignal();

  abstract Duration startTimeout();

  public final int port() {
    return port;
  }

  /** The superuser's. */
  public final String password() {
    return password;
  }

  public final Path dataFolder() {
    return folder.resolve("data");
  }

  public final boolean isRunning() {
    Process process = server;
    return process != null && process.isAlive();
  }

  /** The main process's id. */
  public final long pid() {
    Process process = server;
    if (process == null) {
      throw new IllegalStateException("not started");
    }
    return process.pid();
  }

  /** What the server wrote to its log since it was started last. */
  public final String log() {
    try {
      return Files.readString(logFile(), StandardCharsets.ISO_8859_1);
    } catch (IOException _) {
      return "";
    }
  }

  /** Starts a stopped server again, on the port it had. */
  public final void start() throws IOException, InterruptedException {
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

  /** Kills every process of the server with -9, as a power cut does. Leaves the data. */
  public final void crash() throws IOException, InterruptedException {
    end(KILL);
  }

  /** Freezes ({@code STOP}) or thaws ({@code CONT}) the whole server, as a machine that hangs does. */
  public final void signalAll(String signal) throws IOException, InterruptedException {
    Process process = server;
    if (process != null) {
      for (ProcessHandle handle : Stream
          .concat(Stream.of(process.toHandle()), process.descendants()).toList()) {
        signal(handle.pid(), signal);
      }
    }
  }

  /** Stops the server if it runs and deletes everything it wrote. */
  @Override
  public final void close() {
    boolean interrupted = Thread.interrupted();
    try {
      end(stopSignal());
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

  /** Ends the server and leaves the data. Does nothing when it is not running. */
  final void end(String signal) throws IOException, InterruptedException {
    Process process = server;
    if (process == null || !process.isAlive()) {
      return;
    }
    List<ProcessHandle> children = process.descendants().toList();
    if (signal.equals(KILL)) {
      process.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    } else {
      signal(process.pid(), signal);
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

  /** The server's account gets the data and may pass through our folder, where our files lie, but not write there. */
  final void prepareFolder() throws IOException {
    if (account.owner().isPresent()) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }
    Files.createDirectory(dataFolder(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    handOver(dataFolder());
  }

  final void emptyDataFolder() throws IOException {
    BinaryCache.deleteTree(dataFolder());
    prepareFolder();
  }

  /** Runs a program of the server's, as its account, to its end; the files given to it exist only so long. */
  final void runOnce(String name, List<String> command, @Nullable Path input, String secret)
      throws IOException, InterruptedException {
    Path output = folder.resolve(name + ".log");
    Path secretFile = folder.resolve("secret");
    Files.createFile(secretFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(secretFile, secret);
      handOver(secretFile);
      Process process = onKeeper(name, command, input, output);
      if (!process.waitFor(startTimeout().toMillis(), TimeUnit.MILLISECONDS)
          || process.exitValue() != 0) {
        process.destroyForcibly().waitFor();
        throw new IOException(name + " failed:\n" + tail(output));
      }
    } finally {
      Files.deleteIfExists(secretFile);
    }
  }

  /** Where the secret handed to {@link #runOnce} lies while the program runs. */
  final Path secretFile() {
    return folder.resolve("secret");
  }

  final void report(String what) {
    progress.accept(what);
  }

  /** The archive itself, or the newest of that name in a folder. */
  static Path archive(Path path, String namePattern, String product) throws IOException {
    if (Files.isRegularFile(path)) {
      return path;
    }
    if (Files.isDirectory(path)) {
      try (Stream<Path> files = Files.list(path)) {
        List<Path> jars = files
            .filter(file -> file.getFileName().toString().matches(namePattern)).sorted().toList();
        if (!jars.isEmpty()) {
          return jars.getLast();
        }
      }
    }
    throw new NoSuchFileException(path.toString(), null,
        "no embedded " + product + " here (a slim distribution leaves it out)");
  }

  private void launch() throws IOException, InterruptedException {
    report("starting " + product + " on port " + port);
    Files.deleteIfExists(logFile());
    Process process = onKeeper("server", command(), null, logFile());
    server = process;
    long deadline = System.nanoTime() + startTimeout().toNanos();
    while (!isReady()) {
      if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
        throw new IOException(
            product + " ended with status " + process.exitValue() + ":\n" + tail(logFile()));
      }
      if (System.nanoTime() - deadline > 0) {
        end(KILL);
        throw new IOException(product + " was not ready after " + startTimeout().toSeconds()
            + " s:\n" + tail(logFile()));
      }
    }
  }

  /**
   * Starts a process on a platform thread that waits for its end: the signal that ends a child with its parent is bound
   * to the thread that made the child, not to the process.
   */
  private Process onKeeper(String name, List<String> command, @Nullable Path input, Path output)
      throws IOException, InterruptedException {
    CompletableFuture<Process> started = new CompletableFuture<>();
    ProcessBuilder builder = new ProcessBuilder(account.command(command)).directory(folder.toFile())
        .redirectErrorStream(true).redirectOutput(output.toFile());
    if (input != null) {
      builder.redirectInput(input.toFile());
    }
    // What an operator has set for his clients must not steer a server of ours.
    builder.environment().keySet().removeIf(
        key -> key.startsWith("PG") || key.startsWith("MYSQL") || key.startsWith("MARIADB"));
    builder.environment().put("LC_ALL", "C");
    builder.environment().putAll(environment());
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

  private void handOver(Path path) throws IOException {
    if (account.owner().isPresent()) {
      UserPrincipal owner = path.getFileSystem().getUserPrincipalLookupService()
          .lookupPrincipalByName(account.owner().get().name());
      Files.setOwner(path, owner);
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
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  private Path logFile() {
    return folder.resolve("server.log");
  }

  private static String tail(Path file) throws IOException {
    List<String> lines = Files.exists(file)
        ? Files.readAllLines(file, StandardCharsets.ISO_8859_1)
        : List.of();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String newPassword() {
    byte[] secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  /** The JDK sends SIGTERM and SIGKILL only; the shell's built-in kill needs no package. */
  static void signal(long pid, String signal) throws IOException, InterruptedException {
    new ProcessBuilder("sh", "-c", "kill -\"$1\" \"$2\"", "sh", signal, Long.toString(pid))
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
        .waitFor();
  }
}
