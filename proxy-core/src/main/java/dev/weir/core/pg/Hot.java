package dev.weir.core.pg;

import dev.weir.core.config.Config;
import dev.weir.core.config.LogSettings;
import dev.weir.core.config.PoolSettings;
import dev.weir.core.config.PreparedStatementErrors;
import dev.weir.core.config.ProcessSettings;
import dev.weir.core.config.TimeoutSettings;
import dev.weir.core.config.WeirSettings;
import org.jspecify.annotations.Nullable;

/** Settings that are looked at for every query or connection, resolved once per configuration. Immutable. */
record Hot(
    int maxPacketSize,
    boolean disablePqexec,
    int maxPreparedStatements,
    boolean serverTellsStatementErrors,
    boolean fastClose,
    boolean logConnections,
    boolean logDisconnections,
    boolean logPoolerErrors,
    String resetQuery,
    boolean resetAlways,
    String checkQuery,
    long serverConnectTimeoutNanos) {

  static Hot of(Config config) {
    String check = config.get(PoolSettings.SERVER_CHECK_QUERY);
    return new Hot(
        (int) Math.min(Integer.MAX_VALUE - 1, config.get(ProcessSettings.MAX_PACKET_SIZE)),
        config.get(ProcessSettings.DISABLE_PQEXEC),
        config.get(PoolSettings.MAX_PREPARED_STATEMENTS),
        config.get(WeirSettings.PREPARED_STATEMENT_ERRORS) == PreparedStatementErrors.POSTGRES,
        config.get(PoolSettings.SERVER_FAST_CLOSE),
        config.get(LogSettings.LOG_CONNECTIONS),
        config.get(LogSettings.LOG_DISCONNECTIONS),
        config.get(LogSettings.LOG_POOLER_ERRORS),
        config.get(PoolSettings.SERVER_RESET_QUERY),
        config.get(PoolSettings.SERVER_RESET_QUERY_ALWAYS),
        check.equals("<empty>") ? "" : check,
        config.get(TimeoutSettings.SERVER_CONNECT_TIMEOUT).toNanos());
  }

  /** What cleans a server on release, or null for nothing. */
  @Nullable
  String resetQuery(boolean afterSession) {
    return (afterSession || resetAlways) && !resetQuery.isEmpty() ? resetQuery : null;
  }
}
