package dev.weir.core.monitor;

import dev.weir.core.backend.ReadOnlyCheck;
import dev.weir.core.backend.Server;
import java.time.Duration;

/**
 * Asks one server, in its own protocol. Methods block no longer than the timeout given (and a little), end early when
 * their thread is interrupted, and may be called by several threads at once.
 */
public interface ServerProbes extends AutoCloseable {
  /** Makes the probes of a server; opens nothing yet. */
  interface Factory {
    ServerProbes probesOf(Server server, MonitorSettings settings);
  }

  /** Opens a connection of its own, logs in and closes it. */
  Outcome<Boolean> connect(Duration timeout);

  Outcome<Boolean> ping(Duration timeout);

  /** True for a server that must not be written to. */
  Outcome<Boolean> readOnly(ReadOnlyCheck check, Duration timeout);

  /** @param heartbeatTable {@code database.table} of a heartbeat; empty to ask the replica's own status */
  Outcome<ReplicationLag> replicationLag(String heartbeatTable, Duration timeout);

  Outcome<GaleraState> galera(Duration timeout);

  Outcome<GroupMemberState> groupMember(Duration timeout);

  @Override
  void close();
}
