package dev.weir.core.control;

/**
 * Monotonic counters of a pool, a database or the whole proxy, at one moment. Times are microseconds, sizes bytes, as in
 * SHOW STATS. Immutable.
 */
public record Traffic(
    long serverAssignments,
    long transactions,
    long queries,
    long received,
    long sent,
    long transactionMicros,
    long queryMicros,
    long waitMicros,
    long clientParses,
    long serverParses,
    long binds,
    long clientLogins) {

  public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  public Traffic plus(Traffic o) {
    return new Traffic(
        serverAssignments + o.serverAssignments,
        transactions + o.transactions,
        queries + o.queries,
        received + o.received,
        sent + o.sent,
        transactionMicros + o.transactionMicros,
        queryMicros + o.queryMicros,
        waitMicros + o.waitMicros,
        clientParses + o.clientParses,
        serverParses + o.serverParses,
        binds + o.binds,
        clientLogins + o.clientLogins);
  }

  public Traffic minus(Traffic o) {
    return new Traffic(
        serverAssignments - o.serverAssignments,
        transactions - o.transactions,
        queries - o.queries,
        received - o.received,
        sent - o.sent,
        transactionMicros - o.transactionMicros,
        queryMicros - o.queryMicros,
        waitMicros - o.waitMicros,
        clientParses - o.clientParses,
        serverParses - o.serverParses,
        binds - o.binds,
        clientLogins - o.clientLogins);
  }
}
