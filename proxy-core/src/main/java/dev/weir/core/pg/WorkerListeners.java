package dev.weir.core.pg;

import dev.weir.core.net.Worker;
import dev.weir.pg.message.NotificationResponse;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The sessions of one worker and one pool that {@link NotificationHub} listens for. Confined to the worker. */
final class WorkerListeners {
  private final Worker worker;
  private final String marker;
  private final Map<String, Set<SessionListens>> byChannel = new HashMap<>();
  private final Map<String, SessionListens> byMark = new HashMap<>();

  WorkerListeners(Worker worker, String marker) {
    this.worker = worker;
    this.marker = marker;
  }

  Worker worker() {
    return worker;
  }

  void add(String channel, SessionListens who) {
    byChannel.computeIfAbsent(channel, _ -> new LinkedHashSet<>()).add(who);
  }

  void remove(String channel, SessionListens who) {
    Set<SessionListens> those = byChannel.get(channel);
    if (those != null && those.remove(who) && those.isEmpty()) {
      byChannel.remove(channel);
    }
  }

  /** The session's own mark will be heard. */
  void expect(String mark, SessionListens who) {
    byMark.put(mark, who);
  }

  void forget(String mark) {
    byMark.remove(mark);
  }

  /** What was heard, in order. */
  void take(List<NotificationResponse> heard) {
    for (NotificationResponse one : heard) {
      if (one.channel().equals(marker)) {
        SessionListens who = byMark.remove(one.payload());
        if (who != null) {
          who.markHeard();
        }
        continue;
      }
      Set<SessionListens> those = byChannel.get(one.channel());
      if (those != null) {
        for (SessionListens who : List.copyOf(those)) { // one that is too slow is closed and leaves
          who.heard(one);
        }
      }
    }
  }

  /** Something may have been missed. */
  void gap() {
    Set<SessionListens> all = new LinkedHashSet<>();
    byChannel.values().forEach(all::addAll);
    all.forEach(SessionListens::gap);
  }
}
