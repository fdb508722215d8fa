package dev.weir.it;

import dev.weir.app.embedded.MariaDbBinaries;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Debian's MariaDB with Galera: the installed one, else its packages, downloaded by apt and unpacked into a cache in the
 * temporary folder. Nothing is installed. Files outlive the test run.
 *
 * @param binaries the server
 * @param provider the Galera library
 */
record DebianMariaDb(MariaDbBinaries binaries, Path provider) {
  /** The server, Galera, what copies data to a node that joins, and the libraries of these that Debian's base lacks. */
  private static final List<String> PACKAGES = List.of("mariadb-server-core", "mariadb-server",
      "mariadb-client-core", "galera-4", "rsync", "socat", "liburing2", "libpopt0", "libwrap0");
  private static final Path CACHE = Path.of(System.getProperty("java.io.tmpdir"),
      "weir-debian-mariadb-" + System.getProperty("user.name"));

  /** @throws Missing when neither is possible, with the reason */
  static DebianMariaDb find() throws IOException, InterruptedException, Missing {
    DebianMariaDb installed = in(Path.of("/"), Map.of());
    if (installed.isWhole()) {
      return installed;
    }
    return in(unpacked(), environment());
  }

  /** Says why there is none; for {@code Assumptions}. */
  static final class Missing extends Exception {
    private static final long serialVersionUID = 1;

    Missing(String reason) {
      super(reason);
    }
  }

  private static DebianMariaDb in(Path root, Map<String, String> environment) {
    Path usr = root.resolve("usr");
    return new DebianMariaDb(new MariaDbBinaries(usr.resolve("sbin/mariadbd"), usr,
        usr.resolve("share/mysql"), environment), usr.resolve("lib/galera/libgalera_smm.so"));
  }

  private boolean isWhole() {
    return Files.isExecutable(binaries.server()) && Files.exists(provider)
        && Files.isExecutable(binaries.base().resolve("bin/rsync"))
        && Files.isExecutable(binaries.base().resolve("bin/wsrep_sst_rsync"));
  }

  private static Map<String, String> environment() throws IOException {
    Path usr = CACHE.resolve("root/usr");
    String path = System.getenv("PATH");
    try (Stream<Path> folders = Files.list(usr.resolve("lib"))) {
      String libraries = folders.filter(folder -> folder.toString().endsWith("-linux-gnu"))
          .map(Path::toString).findFirst().orElse("");
      return Map.of("LD_LIBRARY_PATH", libraries, "PATH",
          usr.resolve("bin") + ":" + usr.resolve("sbin") + ":" + (path == null ? "/bin" : path));
    }
  }

  private static Path unpacked() throws IOException, InterruptedException, Missing {
    Path root = CACHE.resolve("root");
    Files.createDirectories(CACHE);
    Files.setPosixFilePermissions(CACHE, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (
        FileChannel channel = FileChannel.open(CACHE.resolve("lock"), StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      if (!Files.isDirectory(root)) {
        Path partial = Files.createTempDirectory(CACHE, "unpacking-");
        Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> download = new ArrayList<>(List.of("apt-get", "-q", "download"));
        download.addAll(PACKAGES);
        run(partial, download);
        try (Stream<Path> files = Files.list(partial)) {
          for (Path file : files.filter(file -> file.toString().endsWith(".deb")).toList()) {
            run(partial, List.of("dpkg-deb", "-x", file.toString(), "root"));
            Files.delete(file);
          }
        }
        Files.move(partial.resolve("root"), root, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(partial);
      }
    }
    return root;
  }

  private static void run(Path folder, List<String> command)
      throws IOException, InterruptedException, Missing {
    Path output = Files.createTempFile("weir-it", ".out");
    try {
      Process process;
      try {
        process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
            .redirectOutput(output.toFile()).start();
      } catch (IOException e) {
        throw new Missing("mariadb-server, galera-4 and rsync are not installed, and "
            + command.getFirst() + " is not there to fetch them");
      }
      process.getOutputStream().close();
      if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly().waitFor();
        throw new Missing("mariadb-server, galera-4 and rsync are not installed, and cannot be "
            + "fetched (apt-get update first?):\n"
            + Files.readString(output, StandardCharsets.UTF_8).strip());
      }
    } finally {
      Files.delete(output);
    }
  }
}
