package dev.weir.app;

import dev.weir.core.control.ProxyControl;
import dev.weir.core.control.ProxyView;

/** A proxy that is running: its listeners are open. */
public interface Proxy extends AutoCloseable {
  ProxyControl control();

  ProxyView view();

  /** Blocks until the proxy has shut down, and gives the process's exit code. */
  int awaitExit() throws InterruptedException;

  /** Ends everything at once; does nothing when it has ended. */
  @Override
  void close();
}
