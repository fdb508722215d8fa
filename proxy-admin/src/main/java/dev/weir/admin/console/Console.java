package dev.weir.admin.console;

import dev.weir.admin.command.Commands;
import dev.weir.core.control.LocalEndpoint;
import dev.weir.core.control.LocalSession;
import dev.weir.core.control.ProxyControl;
import dev.weir.core.control.ProxyView;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console: the database {@code pgbouncer}. Commands run one after the other on the control thread, whoever sends
 * them; those that wait give the thread back meanwhile. Thread-safe.
 */
public final class Console implements LocalEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(Console.class);

  private final ProxyView view;
  private final ProxyControl control;
  private final Executor controlThread;
  private final Commands commands;
  private final AtomicInteger open = new AtomicInteger();

  /** @param controlThread runs one task at a time, in order */
  public Console(ProxyView view, ProxyControl control, Executor controlThread) {
    this.view = view;
    this.control = control;
    this.controlThread = controlThread;
    this.commands = Commands.of(view, control);
  }

  @Override
  public LocalSession open(LocalClient client) {
    return openSession(client);
  }

  ConsoleSession openSession(LocalClient client) {
    open.incrementAndGet();
    return new ConsoleSession(this, client.access());
  }

  Commands commands() {
    return commands;
  }

  /** @throws java.util.concurrent.RejectedExecutionException when the process is about to end */
  void onControlThread(Runnable task) {
    controlThread.execute(task);
  }

  /** On the control thread. */
  void interrupted() {
    control.interruptPause();
  }

  /** On the control thread. The frozen sockets of SUSPEND would stay frozen if nobody were left to end it. */
  void sessionClosed() {
    if (open.decrementAndGet() == 0 && view.suspended()) {
      LOG.info("admin disappeared when suspended, doing RESUME");
      control.interruptPause();
    }
  }
}
