package dev.weir.core.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** All event loops. Thread-safe. */
public final class Workers implements AutoCloseable, Iterable<Worker> {
  private final Transport transport;
  private final EventLoopGroup group;
  private final List<Worker> workers;
  private final AtomicInteger next = new AtomicInteger();

  private Workers(Transport transport, EventLoopGroup group, List<Worker> workers) {
    this.transport = transport;
    this.group = group;
    this.workers = workers;
  }

  /** Starts {@code count} event loops. */
  public static Workers start(int count, Transport transport) {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(count,
        new DefaultThreadFactory("worker", true), transport.handler());
    List<Worker> workers = new ArrayList<>(count);
    group.forEach(executor -> workers.add(new Worker(workers.size(), (EventLoop) executor)));
    return new Workers(transport, group, List.copyOf(workers));
  }

  public Transport transport() {
    return transport;
  }

  public int count() {
    return workers.size();
  }

  public Worker get(int index) {
    return workers.get(index);
  }

  /** The next one in turn. */
  public Worker next() {
    return workers.get(Math.floorMod(next.getAndIncrement(), workers.size()));
  }

  /** The worker that runs this loop. */
  Worker of(EventLoop loop) {
    for (Worker worker : workers) {
      if (worker.loop().equals(loop)) {
        return worker;
      }
    }
    throw new IllegalArgumentException("not a loop of ours: " + loop);
  }

  EventLoopGroup group() {
    return group;
  }

  @Override
  public Iterator<Worker> iterator() {
    return workers.iterator();
  }

  @Override
  public void close() {
    if (group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2,
        TimeUnit.SECONDS)) {
      workers.forEach(Worker::release);
    }
  }
}
