package dev.weir.app.host;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Signals the JVM lets a program handle; {@link QuitSignal} is for the one it keeps. SIGUSR2 is the JVM's own unless the
 * launcher has moved that to another signal.
 */
public final class Signals {
  private Signals() {}

  /**
   * Runs {@code action} on a thread of its own whenever the signal arrives. By reflection, because the JDK's only door
   * to signals, sun.misc.Signal, draws a warning from the compiler that nothing can answer.
   *
   * @param name without SIG
   */
  public static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[]{handler},
          (_, method, arguments) -> {
            if (!method.getName().equals("handle")) {
              return method.invoke(action, arguments); // what every object has: equals, hashCode, toString
            }
            action.run();
            return null;
          });
      Object wanted = signal.getConstructor(String.class).newInstance(name);
      stopIgnoring((int) signal.getMethod("getNumber").invoke(wanted));
      signal.getMethod("handle", signal, handler).invoke(null, wanted, ours);
    } catch (ReflectiveOperationException | IOException e) {
      throw new IllegalStateException("cannot handle SIG" + name, e);
    }
  }

  /**
   * A shell starts programs in the background with SIGINT ignored, nohup does so with SIGHUP, and the JVM leaves such
   * signals alone; a daemon wants them all the same.
   */
  private static void stopIgnoring(int number) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"),
        StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("SigIgn:") && isSet(line.substring(7).strip(), number)) {
        new LibC().handleByDefault(number);
      }
    }
  }

  /** Whether a mask of proc(5) holds the signal. */
  private static boolean isSet(String mask, int number) {
    return (Long.parseUnsignedLong(mask, 16) >>> (number - 1)) % 2 != 0;
  }
}
