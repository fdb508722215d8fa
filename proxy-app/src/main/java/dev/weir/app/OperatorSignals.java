package dev.weir.app;

import dev.weir.app.host.ServiceManager;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.ProxyControl.ShutdownMode;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each signal means that is carried out by the proxy, with PgBouncer's log lines. The methods may be called on any thread; the work is done on the
 * proxy's control thread.
 */
final class OperatorSignals {
  private static final Logger log = LoggerFactory.getLogger(OperatorSignals.class);

  /** Ends the process at once. */
  @FunctionalInterface
  interface FastExit {
    /** @param fatal last log line, empty for none */
    void exit(int status, String fatal);
  }

  private final Proxy proxy;
  private final ServiceManager manager;
  private final FastExit fastExit;
  private final AtomicBoolean stopping = new AtomicBoolean();

  OperatorSignals(Proxy proxy, ServiceManager manager, FastExit fastExit) {
    this.proxy = proxy;
    this.manager = manager;
    this.fastExit = fastExit;
  }

  void onTerm() {
    stop("SIGTERM", "waiting for all clients disconnect", ShutdownMode.WAIT_FOR_CLIENTS);
  }

  void onInt() {
    stop("SIGINT", "waiting for all servers connections to be released",
        ShutdownMode.WAIT_FOR_SERVERS);
  }

  void onHup() {
    proxy.controlThread().execute(() -> {
      log.info("got SIGHUP, re-reading config");
      manager.reloading();
      try {
        proxy.control().reload();
      } catch (ControlException e) {
        log.warn("config file loading failed");
      }
      manager.ready();
    });
  }

  void onUsr1() {
    proxy.controlThread().execute(() -> {
      if (proxy.view().paused() || proxy.view().suspended()) {
        log.info("got SIGUSR1, but already paused/suspended");
        return;
      }
      log.info("got SIGUSR1, pausing all activity");
      try {
        proxy.control().pause(null);
      } catch (ControlException e) {
        log.warn("{}", e.getMessage());
      }
    });
  }

  void onUsr2() {
    proxy.controlThread().execute(() -> {
      if (proxy.shuttingDown()) {
        log.info("got SIGUSR2 while shutting down, ignoring");
        return;
      }
      if (!proxy.view().paused() && !proxy.view().suspended()) {
        log.info("got SIGUSR2, but not paused/suspended");
        return;
      }
      log.info("got SIGUSR2, continuing from {}", proxy.view().suspended() ? "SUSPEND" : "PAUSE");
      try {
        proxy.control().resume(null);
      } catch (ControlException e) {
        log.warn("{}", e.getMessage());
      }
    });
  }

  private void stop(String signal, String waiting, ShutdownMode mode) {
    // The control thread may still be busy when the next signal comes.
    if (proxy.shuttingDown() || stopping.getAndSet(true)) {
      log.info("got {} while shutting down, fast exit", signal);
      fastExit.exit(0, "");
      return;
    }
    proxy.controlThread().execute(() -> {
      log.info("got {}, shutting down, {}", signal, waiting);
      manager.stopping();
      if (proxy.view().suspended()) {
        fastExit.exit(1, "suspend was in progress, going down immediately");
        return;
      }
      proxy.control().shutdown(mode);
    });
  }
}
