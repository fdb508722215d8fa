package dev.weir.it;

import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What the clients of a {@link Ledger} met while something happened to the servers. Thread-safe. */
final class LedgerTally {
  private final LongAdder writes = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder torn = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private final LongAdder disconnects = new LongAdder();
  private final Map<Integer, LongAdder> writeErrors = new ConcurrentHashMap<>();
  private final Map<Integer, LongAdder> readErrors = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> messages = new ConcurrentHashMap<>();
  private final AtomicLong lastWriteNanos = new AtomicLong();
  private final AtomicLong longestGapNanos = new AtomicLong();

  void written() {
    writes.increment();
    long now = System.nanoTime();
    long before = lastWriteNanos.getAndSet(now);
    if (before != 0) {
      longestGapNanos.accumulateAndGet(now - before, Math::max);
    }
  }

  void read(boolean whole) {
    reads.increment();
    if (!whole) {
      torn.increment();
    }
  }

  /** The error number is 0 or less where the driver lost its connection. */
  void writeFailed(SQLException e) {
    count(writeErrors, e);
  }

  void readFailed(SQLException e) {
    count(readErrors, e);
  }

  private void count(Map<Integer, LongAdder> errors, SQLException e) {
    errors.computeIfAbsent(Math.max(0, e.getErrorCode()), _ -> new LongAdder()).increment();
    messages.computeIfAbsent(
        e.getErrorCode() + " " + String.valueOf(e.getMessage()).replaceAll("\\(conn=\\d+\\) ", ""),
        _ -> new LongAdder()).increment();
  }

  /** A commit whose outcome the client was not told. */
  void unknown() {
    unknown.increment();
  }

  /** A client whose connection ended. */
  void disconnected() {
    disconnects.increment();
  }

  long writes() {
    return writes.sum();
  }

  long reads() {
    return reads.sum();
  }

  /** Reads that saw half a transfer. */
  long torn() {
    return torn.sum();
  }

  long disconnects() {
    return disconnects.sum();
  }

  long unknowns() {
    return unknown.sum();
  }

  long longestGapMillis() {
    return longestGapNanos.get() / 1_000_000;
  }

  /** By error number, conflicts of transactions among them. */
  Map<Integer, Long> writeErrors() {
    return sums(writeErrors);
  }

  Map<Integer, Long> readErrors() {
    return sums(readErrors);
  }

  /** Errors that are not the application's own: all but conflicts of transactions. */
  long errors() {
    return writeErrors().entrySet().stream().filter(e -> e.getKey() != Ledger.DEADLOCK)
        .mapToLong(Map.Entry::getValue).sum()
        + readErrors().values().stream().mapToLong(Long::longValue).sum();
  }

  private static Map<Integer, Long> sums(Map<Integer, LongAdder> counts) {
    Map<Integer, Long> sums = new TreeMap<>();
    counts.forEach((errno, count) -> sums.put(errno, count.sum()));
    return sums;
  }

  /** A row of a table in Markdown; see {@link #HEADER}. */
  String row(String fault) {
    Map<Integer, Long> ofWrites = writeErrors();
    Long conflicts = ofWrites.remove(Ledger.DEADLOCK);
    return "| " + fault + " | " + writes() + " / " + reads() + " | " + told(ofWrites) + " | "
        + told(readErrors()) + " | " + (conflicts == null ? 0 : conflicts) + " | " + unknowns()
        + " | " + disconnects() + " | " + longestGapMillis() + " ms |";
  }

  static final String HEADER = """
      | what happened | writes / reads | errors of writes | errors of reads | 1213 | outcome unknown | disconnects | longest time without a write |
      |---|---|---|---|---|---|---|---|""";

  private static String told(Map<Integer, Long> errors) {
    return errors.isEmpty()
        ? "none"
        : errors.entrySet().stream().map(e -> e.getValue() + " × " + e.getKey())
            .collect(Collectors.joining(", "));
  }

  /** Every different message with its count, for the log. */
  String details() {
    return messages.entrySet().stream().map(e -> e.getValue() + " × " + e.getKey()).sorted()
        .collect(Collectors.joining("\n  "));
  }
}
