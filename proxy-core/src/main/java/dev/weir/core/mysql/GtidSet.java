package dev.weir.core.mysql;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Transactions that a server has executed: ranges of numbers for each source. One thread adds, any may ask.
 */
final class GtidSet {
  /** Sources, and ranges of one, beyond which somebody is not telling the truth. */
  static final int MAX_SOURCES = 10_000;
  static final int MAX_RANGES = 100_000;

  private static final int UUID_DIGITS = 32;

  /** First and last number of each range of one source, ranges apart by at least one. */
  private static final class Ranges {
    private final NavigableMap<Long, Long> lastByFirst = new ConcurrentSkipListMap<>();
    private int size;

    boolean contains(long number) {
      Map.Entry<Long, Long> range = lastByFirst.floorEntry(number);
      return range != null && number <= range.getValue();
    }

    /** What is there stays there for whoever asks meanwhile: a range grows before those are taken away that it holds. */
    void add(long first, long last) {
      Map.Entry<Long, Long> before = lastByFirst.floorEntry(first);
      boolean grows = before != null && before.getValue() >= first - 1;
      long from = grows ? before.getKey() : first;
      long to = grows ? Math.max(last, before.getValue()) : last;
      size += grows ? 0 : 1;
      lastByFirst.put(from, to);
      Map.Entry<Long, Long> next = lastByFirst.higherEntry(from);
      while (next != null && next.getKey() - 1 <= to) {
        if (next.getValue() > to) {
          to = next.getValue();
          lastByFirst.put(from, to);
        }
        lastByFirst.remove(next.getKey());
        size--;
        next = lastByFirst.higherEntry(from);
      }
    }
  }

  private final Map<String, Ranges> bySource = new ConcurrentHashMap<>();

  boolean contains(Gtid gtid) {
    Ranges of = bySource.get(gtid.source());
    return of != null && of.contains(gtid.number());
  }

  /** False when there is no room for more. */
  boolean add(String source, long first, long last) {
    Ranges of = bySource.computeIfAbsent(source, _ -> new Ranges());
    of.add(first, last);
    return bySource.size() <= MAX_SOURCES && of.size <= MAX_RANGES;
  }

  /** As MySQL writes one: {@code uuid:1-5:7,...}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(bySource).forEach((source, of) -> {
      text.append(text.isEmpty() ? "" : ",").append(written(source));
      of.lastByFirst.forEach((first, last) -> {
        text.append(':').append(first);
        if (last > first) {
          text.append('-').append(last);
        }
      });
    });
    return text.toString();
  }

  private static String written(String source) {
    return source.length() != UUID_DIGITS
        ? source
        : source.substring(0, 8) + '-' + source.substring(8, 12) + '-' + source.substring(12, 16)
            + '-' + source.substring(16, 20) + '-' + source.substring(20);
  }
}
