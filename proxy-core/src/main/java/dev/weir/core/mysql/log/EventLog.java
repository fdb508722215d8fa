package dev.weir.core.mysql.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log on disk: events come from any thread, a thread of the log's own writes them. Who offers one never waits for the
 * disk: when {@link #MAX_PENDING} bytes wait, events are dropped, counted, and the process's log says so. So are those
 * that the disk does not take.
 */
public final class EventLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

  /** Bytes of events that may wait to be written. */
  static final long MAX_PENDING = 64L << 20;
  private static final int BATCH = 256 * 1024;
  private static final long COMPLAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long REOPEN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long CLOSE_MILLIS = 5000;

  /** In the queue between events. */
  private enum Mark implements LogEvent {
    /** The file at hand ends, the next begins. */
    ROTATE;

    @Override
    public int weight() {
      return 0;
    }

    @Override
    public void writeTo(ByteBuf out) {
      // nothing to be seen in a file
    }
  }

  private final String name;
  private final Path base;
  private final LongAdder dropped;
  private final Queue<LogEvent> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong pending = new AtomicLong();
  private final Thread writer;
  private volatile long maxSize;
  private volatile boolean asleep;
  private volatile boolean closing;

  // The writer's.
  private final ByteBuf out = Unpooled.buffer(BATCH);
  private int outEvents;
  private @Nullable NumberedFile file;
  private long triedNanos;
  private long complainedNanos = System.nanoTime() - COMPLAIN_NANOS;
  private long told;

  private EventLog(String name, Path base, long maxSize, LongAdder dropped) {
    this.name = name;
    this.base = base;
    this.maxSize = maxSize;
    this.dropped = dropped;
    this.told = dropped.sum();
    this.triedNanos = System.nanoTime() - REOPEN_NANOS;
    this.writer = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /**
   * Begins; the first file is there soon after.
   *
   * @param name for the thread and the process's log
   * @param base the files' name without the number
   * @param maxSize bytes after which a new file begins
   * @param dropped counts the events that are not in any file
   */
  public static EventLog start(String name, Path base, long maxSize, LongAdder dropped) {
    EventLog log = new EventLog(name, base, maxSize, dropped);
    log.writer.start();
    return log;
  }

  public Path base() {
    return base;
  }

  public void maxSize(long bytes) {
    maxSize = bytes;
  }

  /** Takes the event, or drops it when too much waits. Any thread; never blocks. */
  public void offer(LogEvent event) {
    int weight = event.weight();
    if (closing || pending.addAndGet(weight) > MAX_PENDING) {
      pending.addAndGet(-weight);
      dropped.increment();
      return;
    }
    queue.add(event);
    wake();
  }

  /** What comes from now on goes to a new file. Any thread. */
  public void rotate() {
    queue.add(Mark.ROTATE);
    wake();
  }

  private void wake() {
    if (asleep) {
      LockSupport.unpark(writer);
    }
  }

  /** Writes what waits and ends; takes five seconds at most. */
  @Override
  public void close() {
    end();
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** As {@link #close}, without waiting for it. */
  public void end() {
    closing = true;
    LockSupport.unpark(writer);
  }

  // --- the writer ---

  private void run() {
    openFile();
    while (true) {
      LogEvent event = queue.poll();
      if (event != null) {
        take(event);
      } else {
        writeOut();
        tellOfDrops();
        if (closing && queue.isEmpty()) {
          closeFile();
          return;
        }
        sleep();
      }
    }
  }

  private void sleep() {
    asleep = true;
    if (queue.isEmpty() && !closing) {
      LockSupport.parkNanos(this, COMPLAIN_NANOS);
    }
    asleep = false;
  }

  private void take(LogEvent event) {
    if (event instanceof Mark) {
      writeOut();
      nextFile();
      return;
    }
    pending.addAndGet(-event.weight());
    outEvents++;
    int before = out.writerIndex();
    try {
      event.writeTo(out);
    } catch (RuntimeException e) { // a fault of ours costs this event and not the log
      LOG.error("{}: {} cannot be written", name, event.getClass().getSimpleName(), e);
      out.writerIndex(before);
      outEvents--;
      dropped.increment();
    }
    NumberedFile to = file;
    if (to != null && to.size() + out.readableBytes() > maxSize) {
      writeOut();
      nextFile();
    } else if (out.readableBytes() >= BATCH) {
      writeOut();
    }
  }

  private void writeOut() {
    if (outEvents == 0) {
      return;
    }
    if (file == null && System.nanoTime() - triedNanos >= REOPEN_NANOS) {
      openFile();
    }
    NumberedFile to = file;
    if (to == null) {
      dropped.add(outEvents);
    } else {
      try {
        to.append(out);
      } catch (IOException e) {
        dropped.add(outEvents);
        complain("cannot write " + to.path(), e);
      }
    }
    out.clear();
    outEvents = 0;
  }

  private void nextFile() {
    closeFile();
    openFile();
  }

  private void openFile() {
    triedNanos = System.nanoTime();
    try {
      NumberedFile opened = NumberedFile.next(base);
      file = opened;
      LOG.info("{}: begins {}", name, opened.path());
    } catch (IOException e) {
      complain("cannot begin a file " + base + ".*", e);
    }
  }

  private void closeFile() {
    NumberedFile old = file;
    file = null;
    if (old != null) {
      try {
        old.close();
      } catch (IOException e) {
        complain("cannot close " + old.path(), e);
      }
    }
  }

  private void complain(String what, IOException why) {
    long now = System.nanoTime();
    if (now - complainedNanos >= COMPLAIN_NANOS) {
      complainedNanos = now;
      told = dropped.sum();
      LOG.error("{}: {}: {}; {} events lost so far", name, what, why.toString(), told);
    }
  }

  private void tellOfDrops() {
    long sum = dropped.sum();
    long now = System.nanoTime();
    if (sum != told && now - complainedNanos >= COMPLAIN_NANOS) {
      complainedNanos = now;
      told = sum;
      LOG.warn("{}: {} events lost so far: the disk did not take them, or not fast enough", name,
          sum);
    }
  }
}
