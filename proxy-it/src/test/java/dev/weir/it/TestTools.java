package dev.weir.it;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs a user would reach for: psql, pgbench. A test that needs one that is not installed is skipped and says so. */
public final class TestTools {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** What a program left behind; standard output and error are apart. */
  public record Result(int status, String out, String err) {
    /** The output without trailing line ends; fails when the program did. */
    public String succeeded() {
      if (status != 0) {
        throw new AssertionError("status " + status + "\n" + out + "\n" + err);
      }
      return out.stripTrailing();
    }
  }

  private TestTools() {}

  /** Runs SQL through psql: unaligned, tuples only, stops at the first error. {@code url} is a connection URI. */
  public static Result psql(String url, String... statements)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(
        List.of("-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1"));
    for (String sql : statements) {
      arguments.addAll(List.of("-c", sql));
    }
    arguments.add(url);
    return run("psql", arguments, Map.of());
  }

  public static Result pgbench(List<String> arguments, Map<String, String> environment)
      throws IOException, InterruptedException {
    return run("pgbench", arguments, environment);
  }

  /** Runs an installed program to its end; skips the test when it is not installed. */
  public static Result run(String program, List<String> arguments, Map<String, String> environment)
      throws IOException, InterruptedException {
    return run(program, arguments, environment, LIMIT);
  }

  /** The same for a program that may take longer. */
  public static Result run(String program, List<String> arguments, Map<String, String> environment,
      Duration limit) throws IOException, InterruptedException {
    Optional<Path> path = find(program);
    Assumptions.assumeTrue(path.isPresent(), () -> program + " is not installed");
    List<String> command = new ArrayList<>(List.of(path.orElseThrow().toString()));
    command.addAll(arguments);
    Path out = Files.createTempFile("weir-it", ".out");
    Path err = Files.createTempFile("weir-it", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile())
          .redirectError(err.toFile());
      builder.environment().keySet().removeIf(key -> key.startsWith("PG"));
      builder.environment().put("LC_ALL", "C");
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            program + " did not end within " + limit + ": " + text(out) + text(err));
      }
      return new Result(process.exitValue(), text(out), text(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** PATH first, then Debian's folders per version, the newest first. */
  public static Optional<Path> find(String program) throws IOException {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    List<Path> folders = new ArrayList<>();
    Path debian = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(debian)) {
      try (Stream<Path> versions = Files.list(debian)) {
        versions.sorted((a, b) -> b.compareTo(a)).map(version -> version.resolve("bin"))
            .forEach(folders::add);
      }
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      folders.add(Path.of(folder));
    }
    return folders.stream().map(folder -> folder.resolve(program)).filter(Files::isExecutable)
        .findFirst();
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
