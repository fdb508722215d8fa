package dev.weir.app;

import dev.weir.core.control.ProxyControl;
import dev.weir.core.control.ProxyView;
import java.util.concurrent.Executor;

/** A proxy that is running: its listeners are open. */
public interface Proxy extends AutoCloseable {
  /** To be called on the {@link #controlThread} only. */
  ProxyControl control();

  /** To be called on the {@link #controlThread} only. */
  ProxyView view();

  /** Runs what operators ask for, one after the other. */
  Executor controlThread();

  /** Whether a shutdown of any kind has been asked for. Any thread. */
  boolean shuttingDown();

  /** Blocks until the proxy has shut down, and gives the process's exit code. Any thread. */
  int awaitExit() throws InterruptedException;

  /** Ends everything at once, unix socket files included; does nothing when it has ended. Any thread. */
  @Override
  void close();
}
