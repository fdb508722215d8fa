package dev.weir.it;

import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** Keeps what the proxy logs, debug lines included, and what Netty says about lost buffers. Thread-safe. */
public final class LogWatch extends Handler {
  // java.util.logging forgets loggers, and their handlers with them, that nobody holds.
  private final Logger ours = Logger.getLogger("dev.weir");
  private final Logger leaks = Logger.getLogger("io.netty.util.ResourceLeakDetector");
  private final SimpleFormatter format = new SimpleFormatter();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> lost = new CopyOnWriteArrayList<>();

  private LogWatch() {}

  static LogWatch install() {
    LogWatch watch = new LogWatch();
    watch.setLevel(Level.ALL);
    watch.ours.setLevel(Level.FINE);
    watch.ours.setUseParentHandlers(false); // thousands of lines that nobody reads
    watch.ours.addHandler(watch);
    watch.leaks.addHandler(watch);
    return watch;
  }

  @Override
  public void publish(LogRecord said) {
    if (said.getLoggerName() != null && said.getLoggerName().startsWith("io.netty")) {
      lost.add(format.formatMessage(said));
    } else {
      Throwable thrown = said.getThrown();
      lines.add(said.getLevel() + " " + format.formatMessage(said)
          + (thrown == null ? "" : "\n" + format.format(said)));
    }
  }

  /** Level of java.util.logging, a space, and the text. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  public long count(String regex) {
    Pattern pattern = Pattern.compile(regex);
    return lines.stream().filter(line -> pattern.matcher(line).find()).count();
  }

  /** Forgets everything so far. */
  public void clear() {
    lines.clear();
  }

  void await(String regex, int times) {
    try {
      WeirServer.await(times + " lines with " + regex, () -> count(regex) >= times);
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + "; the log:\n" + String.join("\n", lines), e);
    }
  }

  /** Also that nothing unexpected was caught and logged as a bug of ours. */
  void assertNothingLost() throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      System.gc(); // a lost buffer is told of when the next one is taken after its collection
      Thread.sleep(20);
      for (int n = 0; n < 10; n++) {
        ByteBufAllocator.DEFAULT.buffer(16).release();
        io.netty.buffer.PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
      }
    }
    assertThat(lost).as("lost buffers").isEmpty();
    assertThat(lines).as("log lines with a stack trace").noneMatch(line -> line.contains("\tat "));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    ours.removeHandler(this);
    ours.setUseParentHandlers(true);
    ours.setLevel(null);
  }
}
