package dev.weir.admin.proxysql;

import dev.weir.core.control.ControlException;
import dev.weir.core.control.MysqlControl;
import dev.weir.core.control.MysqlView;
import dev.weir.core.control.StateView;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The running MySQL side, asked from the admin thread: the question goes to the control thread, and the admin thread
 * waits for it. The control thread never waits for the admin thread.
 */
record RuntimeLink(MysqlView view, StateView states, MysqlControl control,
    Executor controlThread) {
  private static final long LONGEST_WAIT_SECONDS = 60;

  /** @throws AdminRefusal with the operator's text when the other side refuses or does not answer */
  <T> T ask(Supplier<T> question) {
    try {
      return CompletableFuture.supplyAsync(question, controlThread).get(LONGEST_WAIT_SECONDS,
          TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ControlException refused) {
        throw new AdminRefusal(String.valueOf(refused.getMessage()));
      }
      throw new IllegalStateException("the runtime failed", e.getCause());
    } catch (RejectedExecutionException e) {
      throw new AdminRefusal("the proxy is shutting down");
    } catch (TimeoutException e) {
      throw new AdminRefusal("the proxy did not answer within " + LONGEST_WAIT_SECONDS + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdminRefusal("the proxy is shutting down");
    }
  }

  void tell(Runnable order) {
    ask(() -> {
      order.run();
      return true;
    });
  }
}
