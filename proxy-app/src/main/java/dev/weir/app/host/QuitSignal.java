package dev.weir.app.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * SIGQUIT, which the JVM keeps for thread dumps and does not give away (with -Xrs it would, but then keeps SIGTERM,
 * SIGINT and SIGHUP). So the C library's {@code close} becomes its handler: called with the signal's number, 3, it
 * closes descriptor 3, which is the writing end of a pipe, and a thread of ours reads the end of file. {@code close} is
 * safe in a signal handler (POSIX.1-2017, 2.4.3). The launcher reserves descriptor 3; without it the JVM's handler
 * stays. Tools that ask the JVM for a dump by SIGQUIT would end the proxy: the launcher makes them use a socket.
 */
public final class QuitSignal {
  private static final int SIGQUIT = 3;

  private QuitSignal() {}

  /**
   * Runs {@code action} once, on a thread of its own, when the signal arrives.
   *
   * @return false when descriptor 3 is not reserved for this; then nothing has changed
   */
  public static boolean handle(Runnable action) throws IOException {
    Path descriptor = Path.of("/proc/self/fd", Integer.toString(SIGQUIT));
    if (!Files.exists(descriptor) || !Files.isSameFile(descriptor, Path.of("/dev/null"))) {
      return false;
    }
    LibC libc = new LibC();
    int[] pipe = libc.pipe();
    libc.dup2(pipe[1], SIGQUIT);
    libc.close(pipe[1]);
    Thread.ofPlatform().daemon().name("sigquit").start(() -> {
      try {
        libc.readByte(pipe[0]);
      } catch (IOException _) {
        return;
      }
      action.run();
    });
    libc.handleByClosingDescriptorOfSameNumber(SIGQUIT);
    return true;
  }
}
