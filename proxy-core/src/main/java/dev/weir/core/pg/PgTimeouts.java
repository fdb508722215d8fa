package dev.weir.core.pg;

import dev.weir.core.config.Config;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.config.TimeoutSettings;

/** The timers of sessions in nanoseconds, 0 for none, as one configuration has them. Immutable. */
record PgTimeouts(Config config, long loginNanos, long queryNanos, long queryWaitNotifyNanos,
    long cancelWaitNanos) {

  static PgTimeouts of(Config config) {
    return new PgTimeouts(config,
        config.get(TimeoutSettings.CLIENT_LOGIN_TIMEOUT).toNanos(),
        config.get(TimeoutSettings.QUERY_TIMEOUT).toNanos(),
        config.get(TimeoutSettings.QUERY_WAIT_NOTIFY) * 1_000_000_000L,
        config.get(TimeoutSettings.CANCEL_WAIT_TIMEOUT).toNanos());
  }

  long clientIdleNanos(String loginUser) {
    return config.clientIdleTimeout(loginUser).toNanos();
  }

  long queryWaitNanos(String loginUser, DatabaseEntry database) {
    return config.queryWaitTimeout(database, loginUser).toNanos();
  }

  long queryNanos(String poolUser) {
    return config.queryTimeout(poolUser).toNanos();
  }

  long idleTransactionNanos(String poolUser) {
    return config.idleTransactionTimeout(poolUser).toNanos();
  }

  long transactionNanos(String poolUser) {
    return config.transactionTimeout(poolUser).toNanos();
  }
}
