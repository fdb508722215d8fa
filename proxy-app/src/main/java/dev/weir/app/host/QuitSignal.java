package dev.weir.app.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * SIGQUIT, which the JVM keeps for thread dumps and does not give away (with -Xrs it would, but then keeps SIGTERM,
 * SIGINT and SIGHUP). So the C library's {@code close} becomes its handler: called with the signal's number, 3, it
 * closes descriptor 3, which is the writing end of a pipe, and a thread of ours reads the end of file. {@code close} is
 * safe in a signal handler (POSIX.1-2017, 2.4.3). The launcher reserves descriptor 3; without it the JVM's handler
 * stays. Tools that ask the JVM for a dump by SIGQUIT would end the proxy: the launcher makes them use a socket.
 */
public final class QuitSignal {
  private static final int SIGQUIT = 3;

  private final CompletableFuture<Boolean> installed = new CompletableFuture<>();

  private QuitSignal() {}

  /**
   * Installs the handler on a thread of its own, because linking to the C library costs some 50 ms of every start, and
   * runs {@code action} there, once, when the signal arrives.
   */
  public static QuitSignal handle(Runnable action) {
    QuitSignal quit = new QuitSignal();
    Thread.ofPlatform().daemon().name("sigquit").start(() -> quit.install(action));
    return quit;
  }

  /**
   * Waits until the signal is ours.
   *
   * @return false when it stays with the JVM because descriptor 3 is not reserved
   * @throws IOException when the system refused
   */
  public boolean awaitInstalled() throws IOException, InterruptedException {
    try {
      return installed.get();
    } catch (ExecutionException e) {
      throw new IOException("cannot handle SIGQUIT: " + e.getMessage(), e);
    }
  }

  private void install(Runnable action) {
    try {
      Path descriptor = Path.of("/proc/self/fd", Integer.toString(SIGQUIT));
      if (!Files.exists(descriptor) || !Files.isSameFile(descriptor, Path.of("/dev/null"))) {
        installed.complete(false);
        return;
      }
      LibC libc = new LibC();
      int[] pipe = libc.pipe();
      libc.dup2(pipe[1], SIGQUIT);
      libc.close(pipe[1]);
      libc.handleByClosingDescriptorOfSameNumber(SIGQUIT);
      installed.complete(true);
      libc.readByte(pipe[0]);
    } catch (IOException | RuntimeException e) {
      installed.completeExceptionally(e);
      return;
    }
    action.run();
  }
}
