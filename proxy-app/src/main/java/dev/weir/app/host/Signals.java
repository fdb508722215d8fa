package dev.weir.app.host;

import java.lang.reflect.Proxy;

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
      signal.getMethod("handle", signal, handler).invoke(null,
          signal.getConstructor(String.class).newInstance(name), ours);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot handle SIG" + name, e);
    }
  }
}
