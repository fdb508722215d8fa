package dev.weir.it;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work beside the test's thread, such as a query that is held up. Thread-safe. */
final class Background {
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  /** What is done. */
  interface Work {
    void run() throws Exception;
  }

  private Background() {}

  static Background start(Work work) {
    Background started = new Background();
    Thread.ofVirtual().name("background").start(() -> {
      try {
        work.run();
        started.done.complete(null);
      } catch (Throwable e) {
        started.done.completeExceptionally(e);
      }
    });
    return started;
  }

  boolean over() {
    return done.isDone();
  }

  /** Waits for the end and throws what the work threw. */
  void await() throws Exception {
    try {
      done.get(WeirServer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception thrown) {
        throw thrown;
      }
      throw new AssertionError(e.getCause());
    }
  }

  /** Waits for the end, which may be a failure. */
  void awaitEither() throws InterruptedException, TimeoutException {
    try {
      done.get(WeirServer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException _) {
      // as good
    }
  }
}
