package dev.weir.core.metrics;

import dev.weir.core.control.Traffic;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The counters of one pool on one worker. Only that worker's thread writes; any thread may read. Names, order and units
 * are those of {@link Traffic}.
 *
 * <p>A count is a plain add and an opaque store (no locked instruction, no fence): a reader sees each counter somewhat
 * late, never torn, never going backwards; two counters need not be from the same instant. The array keeps a cache
 * line of distance at both ends, so that the counters of two workers never share one.
 */
public final class TrafficCounters {
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int PAD = 8; // longs in 64 bytes
  private static final int SERVER_ASSIGNMENTS = PAD;
  private static final int TRANSACTIONS = PAD + 1;
  private static final int QUERIES = PAD + 2;
  private static final int RECEIVED = PAD + 3;
  private static final int SENT = PAD + 4;
  private static final int TRANSACTION_MICROS = PAD + 5;
  private static final int QUERY_MICROS = PAD + 6;
  private static final int WAIT_MICROS = PAD + 7;
  private static final int CLIENT_PARSES = PAD + 8;
  private static final int SERVER_PARSES = PAD + 9;
  private static final int BINDS = PAD + 10;
  private static final int CLIENT_LOGINS = PAD + 11;

  private final long[] counts = new long[PAD + 12 + PAD];

  public void addServerAssignments(long n) {
    add(SERVER_ASSIGNMENTS, n);
  }

  public void addTransactions(long n) {
    add(TRANSACTIONS, n);
  }

  public void addQueries(long n) {
    add(QUERIES, n);
  }

  /** Bytes that came from clients. */
  public void addReceived(long bytes) {
    add(RECEIVED, bytes);
  }

  /** Bytes that came from servers. */
  public void addSent(long bytes) {
    add(SENT, bytes);
  }

  public void addTransactionMicros(long micros) {
    add(TRANSACTION_MICROS, micros);
  }

  public void addQueryMicros(long micros) {
    add(QUERY_MICROS, micros);
  }

  public void addWaitMicros(long micros) {
    add(WAIT_MICROS, micros);
  }

  public void addClientParses(long n) {
    add(CLIENT_PARSES, n);
  }

  public void addServerParses(long n) {
    add(SERVER_PARSES, n);
  }

  public void addBinds(long n) {
    add(BINDS, n);
  }

  public void addClientLogins(long n) {
    add(CLIENT_LOGINS, n);
  }

  /** What has been counted so far; callable from any thread. */
  public Traffic traffic() {
    return new Traffic(get(SERVER_ASSIGNMENTS), get(TRANSACTIONS), get(QUERIES), get(RECEIVED),
        get(SENT),
        get(TRANSACTION_MICROS), get(QUERY_MICROS), get(WAIT_MICROS), get(CLIENT_PARSES),
        get(SERVER_PARSES),
        get(BINDS), get(CLIENT_LOGINS));
  }

  private void add(int counter, long n) {
    LONGS.setOpaque(counts, counter, counts[counter] + n); // single writer: the plain read is its own last store
  }

  private long get(int counter) {
    return (long) LONGS.getOpaque(counts, counter);
  }
}
