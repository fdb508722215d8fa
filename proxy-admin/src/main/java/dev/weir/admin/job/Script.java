package dev.weir.admin.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs one program and waits for it; no shell, no environment. */
public final class Script {
  private static final int MOST_OUTPUT = 1024 * 1024;
  private static final Executor READERS = task -> Thread.ofVirtual().name("script-output")
      .start(task);

  /** How it ended. */
  public sealed interface Outcome {
    /** It ended by itself. */
    record Ended(int status, String out, String err) implements Outcome {}

    /** It could not be started, took too long, or wrote too much. */
    record Failed(String why) implements Outcome {}
  }

  private Script() {}

  /** @param command the program and its arguments */
  public static Outcome run(List<String> command, long timeoutMillis) {
    Process process;
    try {
      process = started(command, ProcessBuilder.Redirect.PIPE);
    } catch (IOException e) {
      return new Outcome.Failed("cannot run " + command.getFirst() + ": " + e.getMessage());
    }
    try {
      CompletableFuture<String> out = read(process.getInputStream());
      CompletableFuture<String> err = read(process.getErrorStream());
      if (!process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS)) {
        return new Outcome.Failed("the script took longer than " + timeoutMillis + " ms");
      }
      return new Outcome.Ended(process.exitValue(),
          out.orTimeout(timeoutMillis, TimeUnit.MILLISECONDS).join(),
          err.orTimeout(timeoutMillis, TimeUnit.MILLISECONDS).join());
    } catch (CompletionException e) {
      return new Outcome.Failed("the script's output cannot be read: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Failed("the proxy is shutting down");
    } finally {
      process.destroyForcibly();
    }
  }

  /** Starts a program; its output goes to {@code output}. */
  static Process started(List<String> command, ProcessBuilder.Redirect output)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    Process process = builder.redirectOutput(output).redirectError(output).start();
    process.getOutputStream().close();
    return process;
  }

  private static CompletableFuture<String> read(InputStream in) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        byte[] bytes = in.readNBytes(MOST_OUTPUT);
        if (bytes.length == MOST_OUTPUT) {
          throw new IOException("more than " + MOST_OUTPUT + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }, READERS);
  }
}
