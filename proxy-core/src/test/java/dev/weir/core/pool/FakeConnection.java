package dev.weir.core.pool;

import dev.weir.core.net.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A connection without a wire. It moves when the test says so, or, when {@code eager}, as a real one does. */
final class FakeConnection extends PooledConnection {
  final AtomicReference<@Nullable Object> holder = new AtomicReference<>();
  final List<Runnable> arrivals = new ArrayList<>();
  private final boolean eager;
  volatile @Nullable String retired;
  int checks;
  private volatile Worker worker;

  FakeConnection(Pool pool, Worker worker, ServerState first, long now, boolean eager) {
    super(pool, first, now);
    this.worker = worker;
    this.eager = eager;
  }

  @Override
  public Worker worker() {
    return worker;
  }

  @Override
  protected void moveTo(Worker target, Runnable arrived) {
    if (eager) {
      worker.run(() -> target.execute(() -> {
        worker = target;
        arrived.run();
      }));
    } else {
      arrivals.add(() -> {
        worker = target;
        arrived.run();
      });
    }
  }

  /** Everything that is on its way arrives. */
  void arrive() {
    List<Runnable> all = List.copyOf(arrivals);
    arrivals.clear();
    all.forEach(Runnable::run);
  }

  @Override
  protected void retire(String reason) {
    retired = reason;
  }

  @Override
  protected void check() {
    checks++;
  }
}
