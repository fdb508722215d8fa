package dev.weir.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A JVM of our own test class path, started as the launcher starts one, whose output can be waited for. */
public final class JavaProcess implements AutoCloseable {
  private final Process process;
  private final Path output;

  private JavaProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  public static JavaProcess start(Path folder, Class<?> main, List<String> options,
      String... arguments)
      throws IOException {
    return start(folder, System.getProperty("java.class.path"), main, options, arguments);
  }

  /** With signals ignored, as a shell starts a program in the background. */
  public static JavaProcess startIgnoring(Path folder, String signals, Class<?> main,
      String... arguments)
      throws IOException {
    return start("trap '' " + signals + "; ", folder, System.getProperty("java.class.path"), main,
        List.of(), arguments);
  }

  /** With a class path of the caller's choice. */
  public static JavaProcess start(Path folder, String classPath, Class<?> main,
      List<String> options,
      String... arguments) throws IOException {
    return start("", folder, classPath, main, options, arguments);
  }

  private static JavaProcess start(String before, Path folder, String classPath, Class<?> main,
      List<String> options,
      String... arguments) throws IOException {
    Path output = folder.resolve(main.getSimpleName() + ".out");
    List<String> command = new ArrayList<>(
        List.of("sh", "-c", before + "exec \"$@\" 3</dev/null", "sh",
            System.getProperty("java.home") + "/bin/java", "-XX:+UseSerialGC",
            "-XX:+StartAttachListener",
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(output.toFile());
    builder.environment().putAll(Map.of("_JAVA_SR_SIGNUM", "50", "TZ", "UTC"));
    return new JavaProcess(builder.start(), output);
  }

  public long pid() {
    return process.pid();
  }

  public String output() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void awaitOutput(String text) throws InterruptedException {
    await(() -> output().contains(text), () -> "no \"" + text + "\" in:\n" + output());
  }

  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("sh", "-c", "kill -\"$1\" \"$2\"", "sh", name, Long.toString(pid())).start()
        .waitFor();
  }

  /** The exit status; fails when it does not come. */
  public int awaitEnd() throws InterruptedException {
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      throw new AssertionError("still running:\n" + output());
    }
    return process.exitValue();
  }

  public static void await(BooleanSupplier condition, java.util.function.Supplier<String> otherwise)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(otherwise.get());
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
