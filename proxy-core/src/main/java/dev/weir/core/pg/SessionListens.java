package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.pg.message.NoticeResponse;
import dev.weir.pg.message.NotificationResponse;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The channels a session listens to while it has no server, and what it has been notified of in the midst of a
 * transaction. Confined to the session's worker.
 *
 * <p>A LISTEN is carried out by the session's server as any statement. When its transaction is over the {@link
 * NotificationHub} takes the channel over, without a gap and without an overlap: the hub listens first; then the session's
 * server notifies itself and the hub of a mark. What the server has heard before the mark it delivers, what the hub hears
 * behind it the hub delivers. Then the server stops to listen.
 */
final class SessionListens {
  /** What may wait for a session that is in a transaction or does not read. */
  private static final int MAX_WAITING = 4 * 1024 * 1024;
  private static final int OVERHEAD = 48;

  private enum Phase {
    NONE, SUBSCRIBING, MARKING, UNLISTENING
  }

  private final PgSession session;
  private final NotificationHub hub;
  /** Channels, and whether the hub delivers what it hears on them. */
  private final Map<String, Boolean> channels = new HashMap<>();
  private final Queue<ByteBufMessage> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private Phase phase = Phase.NONE;
  /** Those that the present server still has to itself. */
  private Set<String> fresh = Set.of();
  private String mark = "";
  private boolean marked;
  private int marks;

  /** Encodes itself into a client's stream. */
  private sealed interface ByteBufMessage {
    record Heard(NotificationResponse notification) implements ByteBufMessage {}

    record Gap() implements ByteBufMessage {}
  }

  SessionListens(PgSession session, NotificationHub hub) {
    this.session = session;
    this.hub = hub;
  }

  Collection<String> channels() {
    return channels.keySet();
  }

  // --- taking over what a server listens to ---

  /** The hub is to listen in place of this server; {@link SessionLedger#listensMoved} follows. */
  void move(PgServer from, Collection<String> listened) {
    Set<String> more = new HashSet<>(listened);
    more.removeAll(channels.keySet());
    fresh = more;
    marked = false;
    if (more.isEmpty()) {
      unlisten(from);
      return;
    }
    phase = Phase.SUBSCRIBING;
    for (String channel : more) {
      channels.put(channel, Boolean.FALSE);
      here().add(channel, this);
    }
    hub.subscribe(more, session.worker(), ok -> subscribed(from, ok));
  }

  private WorkerListeners here() {
    return hub.on(session.worker());
  }

  private void subscribed(PgServer from, boolean well) {
    if (phase != Phase.SUBSCRIBING || session.server() != from) {
      return; // the session has ended meanwhile, and unsubscribed
    }
    if (!well) {
      failed(from);
      return;
    }
    phase = Phase.MARKING;
    marks++;
    mark = Long.toHexString(session.id()) + "." + marks;
    here().expect(mark, this);
    from.sync("LISTEN " + hub.marker() + ";NOTIFY " + hub.marker() + ",'" + mark + "'",
        ReplyNote.Sync.AUDIT);
  }

  private void failed(PgServer from) {
    phase = Phase.NONE;
    remove(List.copyOf(fresh));
    fresh = Set.of();
    session.states().ledger().listensMoved(from, false);
    session.moved(from);
  }

  private void unlisten(PgServer from) {
    phase = Phase.UNLISTENING;
    from.sync("UNLISTEN *", ReplyNote.Sync.AUDIT);
  }

  boolean moving() {
    return phase != Phase.NONE;
  }

  /** The server has answered. */
  void synced(PgServer from, @Nullable String complaint) {
    if (complaint != null || (phase == Phase.MARKING && !marked)) {
      here().forget(mark);
      failed(from);
    } else if (phase == Phase.MARKING) {
      unlisten(from);
    } else {
      phase = Phase.NONE;
      fresh = Set.of();
      marked = false;
      session.states().ledger().listensMoved(from, true);
      session.moved(from);
    }
  }

  /** Whether the client must not see what its server has heard, because the hub delivers it or it is ours. */
  boolean hides(NotificationResponse heard) {
    if (heard.channel().equals(hub.marker())) {
      marked |= heard.payload().equals(mark);
      return true;
    }
    return marked || (channels.containsKey(heard.channel()) && !fresh.contains(heard.channel()));
  }

  // --- the hub ---

  /** From here on the hub delivers all that it hears for the session. */
  void markHeard() {
    channels.replaceAll((_, _) -> Boolean.TRUE);
  }

  void heard(NotificationResponse notification) {
    if (channels.getOrDefault(notification.channel(), Boolean.FALSE)) {
      deliver(new ByteBufMessage.Heard(notification),
          notification.channel().length() + notification.payload().length());
    }
  }

  /** Something may have been missed. */
  void gap() {
    channels.replaceAll((_, _) -> Boolean.TRUE);
    deliver(new ByteBufMessage.Gap(), 0);
  }

  private void deliver(ByteBufMessage message, int bytes) {
    if (session.betweenTransactions() && waiting.isEmpty() && session.link().writable()) {
      write(message);
      return;
    }
    waiting.add(message);
    waitingBytes += OVERHEAD + bytes;
    if (waitingBytes > MAX_WAITING) {
      session.refuse(Refusal.TOO_MANY_NOTIFICATIONS);
    }
  }

  /** The session is between two transactions, or its client reads again. */
  void flush() {
    while (!waiting.isEmpty() && session.betweenTransactions() && session.link().writable()) {
      write(waiting.remove());
    }
    if (waiting.isEmpty()) {
      waitingBytes = 0;
    }
  }

  private void write(ByteBufMessage message) {
    Link to = session.link();
    switch (message) {
      case ByteBufMessage.Heard(NotificationResponse heard) -> {
        ByteBuf out = to.buffer(16 + heard.channel().length() + heard.payload().length());
        heard.encode(out);
        to.write(out);
      }
      case ByteBufMessage.Gap _ -> {
        ByteBuf out = to.buffer(160);
        NoticeResponse.of("WARNING", "01000",
            "the connection that listens for this session was lost: notifications may have been missed")
            .encode(out);
        to.write(out);
      }
    }
  }

  // --- leaving ---

  void remove(Collection<String> names) {
    List<String> gone = new ArrayList<>();
    for (String channel : names) {
      if (channels.remove(channel) != null) {
        here().remove(channel, this);
        gone.add(channel);
      }
    }
    if (!gone.isEmpty()) {
      hub.unsubscribe(gone);
    }
  }

  void removeAll() {
    remove(List.copyOf(channels.keySet()));
  }

  /** The session is closed. */
  void close() {
    phase = Phase.NONE;
    here().forget(mark);
    removeAll();
    waiting.clear();
  }
}
