package dev.weir.core.mysql;

import dev.weir.core.control.MysqlView;
import dev.weir.core.monitor.GaleraState;
import dev.weir.core.monitor.GroupMemberState;
import dev.weir.core.monitor.Outcome;
import dev.weir.core.monitor.ProbeResult;
import dev.weir.core.monitor.ReplicationLag;
import org.jspecify.annotations.Nullable;

/** Results of checks as the monitor's tables show them. */
final class MysqlProbeFacts {
  /** What the lag's column shows of a server that is no replica. */
  private static final long NOT_A_REPLICA = -2;

  private MysqlProbeFacts() {}

  static MysqlView.Check check(ProbeResult<?> result) {
    String error = result.outcome().error();
    return new MysqlView.Check(result.address().host(), result.address().port(),
        result.startedMicros(), result.tookMicros(), error.isEmpty() ? null : error);
  }

  private static @Nullable Object value(ProbeResult<?> result) {
    return result.outcome() instanceof Outcome.Answered<?>(Object value) ? value : null;
  }

  static MysqlView.ReadOnlyCheck readOnly(ProbeResult<?> result) {
    return new MysqlView.ReadOnlyCheck(check(result),
        value(result) instanceof Boolean readOnly ? readOnly : null);
  }

  static MysqlView.LagCheck lag(ProbeResult<?> result) {
    Long seconds = value(result) instanceof ReplicationLag lag ? seconds(lag) : null;
    return new MysqlView.LagCheck(check(result), seconds);
  }

  private static @Nullable Long seconds(ReplicationLag lag) {
    return switch (lag) {
      case ReplicationLag.Seconds(long seconds) -> seconds;
      case ReplicationLag.Unknown() -> null;
      case ReplicationLag.NotAReplica() -> NOT_A_REPLICA;
    };
  }

  static MysqlView.GaleraCheck galera(ProbeResult<?> result) {
    MysqlView.GaleraFacts facts = value(result) instanceof GaleraState s
        ? new MysqlView.GaleraFacts(s.primary(), s.readOnly(), s.receiveQueue(), s.localState(),
            s.desynced(), s.rejectsQueries(), s.donorRejectsQueries(), s.inMaintenance())
        : null;
    return new MysqlView.GaleraCheck(check(result), facts);
  }

  static MysqlView.GroupReplicationCheck member(ProbeResult<?> result) {
    MysqlView.GroupReplicationFacts facts = value(result) instanceof GroupMemberState s
        ? new MysqlView.GroupReplicationFacts(s.viable(), s.readOnly(), s.transactionsBehind())
        : null;
    return new MysqlView.GroupReplicationCheck(check(result), facts);
  }
}
