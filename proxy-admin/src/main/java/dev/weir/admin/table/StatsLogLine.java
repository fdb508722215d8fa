package dev.weir.admin.table;

import dev.weir.core.control.Traffic;

/** The line that {@code log_stats} writes once per stats_period; monitoring tools parse it. */
public final class StatsLogLine {
  private StatsLogLine() {}

  /** @param average averages over all pools */
  public static String of(Traffic average) {
    return "stats: " + average.transactions() + " xacts/s, "
        + average.queries() + " queries/s, "
        + average.clientParses() + " client parses/s, "
        + average.serverParses() + " server parses/s, "
        + average.binds() + " binds/s, "
        + average.clientLogins() + " client logins/s, in "
        + average.received() + " B/s, out "
        + average.sent() + " B/s, xact "
        + average.transactionMicros() + " us, query "
        + average.queryMicros() + " us, wait "
        + average.waitMicros() + " us";
  }
}
