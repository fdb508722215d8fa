package dev.weir.admin.message;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Counts warnings and errors of the log by the line of code that writes them, as {@code stats_proxysql_message_metrics}
 * and {@code proxysql_message_count_total} show them. Two counts: one that the table's twin clears, and one that never
 * goes back. At most {@link #MOST_PLACES} places; what comes from others is not counted. Thread-safe.
 */
public final class MessageCounts extends Handler implements AutoCloseable {
  static final int MOST_PLACES = 1000;
  private static final Logger ROOT = Logger.getLogger("");
  private static final StackWalker STACK = StackWalker.getInstance();

  /** Where in the code a message comes from. */
  public record Place(String file, int line, String method) {
    /** Names it among all messages. */
    public String id() {
      return file + ":" + line;
    }
  }

  /** What came from a place; times in seconds since 1970. */
  public record MessageCount(Place place, long count, long firstSeen, long lastSeen) {}

  private final Object lock = new Object();
  private final Map<Place, Long> totals = new HashMap<>();
  private final Map<Place, MessageCount> sinceReset = new HashMap<>();

  private MessageCounts() {}

  /** From now on messages are counted, until {@link #close}. */
  public static MessageCounts install() {
    MessageCounts counts = new MessageCounts();
    counts.setLevel(Level.WARNING);
    ROOT.addHandler(counts);
    return counts;
  }

  @Override
  public void publish(@Nullable LogRecord message) {
    if (message == null || !isLoggable(message)) {
      return;
    }
    Place place = STACK.walk(frames -> frames.filter(MessageCounts::writes).findFirst()
        .map(frame -> new Place(String.valueOf(frame.getFileName()), frame.getLineNumber(),
            frame.getMethodName()))
        .orElse(new Place(String.valueOf(message.getLoggerName()), 0, "")));
    count(place, message.getInstant().getEpochSecond());
  }

  /** Whether a frame of the stack is what wrote the message, and neither this class nor a log's. */
  private static boolean writes(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    return !name.equals(MessageCounts.class.getName()) && !name.startsWith("java.util.logging.")
        && !name.startsWith("org.slf4j.");
  }

  void count(Place place, long now) {
    synchronized (lock) {
      Long before = totals.get(place);
      if (before == null && totals.size() >= MOST_PLACES) {
        return;
      }
      totals.put(place, before == null ? 1 : before + 1);
      sinceReset.merge(place, new MessageCount(place, 1, now, now),
          (old, one) -> new MessageCount(place, old.count() + 1, old.firstSeen(), now));
    }
  }

  /** What came since the last reset, by file and line. */
  public List<MessageCount> counts(boolean reset) {
    synchronized (lock) {
      List<MessageCount> all = new ArrayList<>(sinceReset.values());
      if (reset) {
        sinceReset.clear();
      }
      all.sort(Comparator.comparing((MessageCount count) -> count.place().file())
          .thenComparingInt(count -> count.place().line()));
      return all;
    }
  }

  /** Counts since the start, which no reset takes back. */
  public Map<Place, Long> totals() {
    synchronized (lock) {
      return Map.copyOf(totals);
    }
  }

  @Override
  public void flush() {
    // nothing is held back
  }

  @Override
  public void close() {
    ROOT.removeHandler(this);
  }
}
