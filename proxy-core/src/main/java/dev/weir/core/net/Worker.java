package dev.weir.core.net;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop on one thread. Everything that belongs to a worker is touched on its thread only; other threads send it
 * tasks. After each task and each read the links that were written to are flushed, so that a turn costs one write a link.
 */
public final class Worker implements Executor {
  private final int index;
  private final EventLoop loop;
  private final List<Link> dirty = new ArrayList<>();
  private @Nullable PlainIo plain;

  Worker(int index, EventLoop loop) {
    this.index = index;
    this.loop = loop;
  }

  public int index() {
    return index;
  }

  public EventLoop loop() {
    return loop;
  }

  public boolean inWorker() {
    return loop.inEventLoop();
  }

  /** Runs the task on this worker, later even when called from it; flushes afterwards. Any thread. */
  @Override
  public void execute(Runnable task) {
    loop.execute(() -> turn(task));
  }

  /** Runs the task now when on this worker, else as {@link #execute}. Any thread. */
  public void run(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      execute(task);
    }
  }

  /** Repeats the task for as long as the worker lives. */
  public void every(long millis, Runnable task) {
    loop.scheduleAtFixedRate(() -> turn(task), millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Runs the task once after a delay. */
  public void after(long millis, Runnable task) {
    loop.schedule(() -> turn(task), millis, TimeUnit.MILLISECONDS);
  }

  /** Runs the task here and now and flushes; on this worker, outside of any other turn. */
  void turn(Runnable task) {
    try {
      task.run();
    } finally {
      flushDirty();
    }
  }

  /** Remembers a link that has unflushed writes; once per turn. */
  void markDirty(Link link) {
    dirty.add(link);
  }

  /** Ends a turn. */
  void flushDirty() {
    // Flushing may make a link writable, whose handler may write again: walk by index.
    for (int i = 0; i < dirty.size(); i++) {
      dirty.get(i).flush();
    }
    dirty.clear();
  }

  /** What its links without a channel share; on this worker. */
  PlainIo plain() {
    PlainIo present = plain;
    if (present == null) {
      present = new PlainIo();
      plain = present;
    }
    return present;
  }

  /** Its thread has ended. */
  void release() {
    PlainIo present = plain;
    plain = null;
    if (present != null) {
      present.release();
    }
  }

  @Override
  public String toString() {
    return "worker-" + index;
  }
}
