package dev.weir.core.mysql;

import dev.weir.core.route.RouteDecision;
import dev.weir.mysql.packet.SessionChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last transaction that a session has written in each hostgroup, as servers report it: MySQL by {@code
 * session_track_gtids}, MariaDB in its variable {@code last_gtid}. Confined to the session's worker.
 */
final class SessionGtids {
  /** Hostgroups of one session; of more than that the newest are not remembered. */
  private static final int MAX = 64;
  private static final String OF_MARIADB = "last_gtid";

  private final MysqlRuntime runtime;
  private final CurrentCommand current;
  private @Nullable Map<Integer, Gtid> last;

  SessionGtids(MysqlRuntime runtime, CurrentCommand current) {
    this.runtime = runtime;
    this.current = current;
  }

  /** Remembers what a server has reported. */
  void note(@Nullable MysqlServer from, List<SessionChange> changes) {
    for (int i = 0; from != null && i < changes.size(); i++) {
      String told = switch (changes.get(i)) {
        case SessionChange.Gtids(String set) -> set;
        case SessionChange.SystemVariable(String name, String value) when name
            .equals(OF_MARIADB) ->
          value;
        default -> "";
      };
      Gtid gtid = told.isEmpty() ? null : Gtid.of(told);
      if (gtid != null) {
        put(from.owner().target().hostgroup(), gtid);
      }
    }
  }

  private void put(int hostgroup, Gtid gtid) {
    Map<Integer, Gtid> known = last;
    if (known == null) {
      known = new HashMap<>();
      last = known;
    }
    if (known.size() < MAX || known.containsKey(hostgroup)) {
      known.put(hostgroup, gtid);
      runtime.counters().gtidsCollected.increment();
    }
  }

  void clear() {
    last = null;
  }

  /** What a server must have executed to be given the current command; null when any will do. */
  @Nullable
  Gtid wanted() {
    RouteDecision decision = current.decision();
    if (decision == null) {
      return null;
    }
    String named = decision.minGtid();
    Gtid wanted = named == null ? null : Gtid.of(named);
    int hostgroup = decision.gtidFromHostgroup();
    Map<Integer, Gtid> known = last;
    return wanted != null || hostgroup == RouteDecision.UNSET || known == null
        ? wanted
        : known.get(hostgroup);
  }
}
