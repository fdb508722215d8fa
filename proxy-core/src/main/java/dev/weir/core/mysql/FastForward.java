package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Bytes;
import dev.weir.core.net.LinkHandler;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Collation;
import dev.weir.mysql.packet.Command;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A session whose bytes are relayed as they are ({@code mysql_users.fast_forward}, and whoever becomes a replica by
 * COM_REGISTER_SLAVE or COM_BINLOG_DUMP): one server connection of its own until either side ends. No rules, no
 * retries, no time limits; of the client's packets only headers are looked at, to count commands and to find
 * COM_CHANGE_USER, which ends it: whom the client becomes is decided here, not by a server that never gave it a
 * challenge. Confined to the session's worker.
 *
 * <p>The connection comes from a {@link MysqlPool} of this session alone, unless the session holds a server already when
 * it becomes a replica: what it has set there is what the stream depends on.
 */
final class FastForward {
  /** What the form of packets hangs on: both sides must have agreed on the same. */
  private static final long FORM = Capabilities.DEPRECATE_EOF | ClientCapabilities.FORMS;
  private static final String UNTRACKED = "SET SESSION session_track_system_variables='', "
      + "session_track_schema=OFF, session_track_state_change=OFF, "
      + "session_track_transaction_info='OFF'";
  private static final String TRACKED_AS_USUAL = "SET SESSION "
      + "session_track_system_variables=DEFAULT, session_track_schema=DEFAULT, "
      + "session_track_state_change=DEFAULT, session_track_transaction_info=DEFAULT";

  private final MysqlSession session;
  private final ForwardWatch watch = new ForwardWatch();
  private @Nullable MysqlPool own;
  private @Nullable MysqlServer server;
  private @Nullable ByteBuf cut;
  private boolean untracked;
  private boolean asked;
  private boolean streams;
  private boolean clientPaused;

  FastForward(MysqlSession session) {
    this.session = session;
  }

  /**
   * The session has asked to become a replica: from this command on its bytes are relayed.
   */
  static void begin(MysqlSession session, ClientStatements statements) {
    if (statements.size() > 0) {
      // Their numbers are ours; a server would run another statement by them, or none.
      session.refuseCommand(refused(
          "close prepared statements before the connection becomes that of a replica"));
    } else if (session.transactionsElsewhere()) {
      session.refuseCommand(refused("transactions are open in several hostgroups"));
    } else {
      session.forward(new FastForward(session));
      session.toHostgroup(session.defaultHostgroup());
    }
  }

  private static Refusal refused(String why) {
    return new Refusal("HY000", 1105, why);
  }

  /** A command of a session that is to be relayed, or the beginning of one, has come, and there is no server yet. */
  void command(Command command, ByteBuf packet) {
    switch (command) {
      case QUIT -> session.close("client close request");
      case CHANGE_USER -> session.changeUser(packet);
      default -> session.toHostgroup(session.defaultHostgroup());
    }
  }

  /** The pool to have the connection from. */
  MysqlPool pool(Target target) {
    MysqlPool known = own;
    if (known != null && known.target() == target) {
      return known;
    }
    forgetPool();
    MysqlPool made = target.ownPool(session.home().accountAt(target), session.capabilities(),
        collation(),
        session.id());
    own = made;
    return made;
  }

  /** Of the client's login, if one byte can say it. */
  private Collation collation() {
    String named = session.initialVariables().get("collation_connection");
    Collation known = named == null ? null : Collation.of(named);
    Collation usual = Objects.requireNonNull(Collation.of(Collation.UTF8MB4_GENERAL_CI));
    return known != null && known.id() <= Collation.MAX_IN_LOGIN ? known : usual;
  }

  private void forgetPool() {
    MysqlPool mine = own;
    if (mine != null) {
      own = null;
      mine.cut("session has left");
      mine.forget();
    }
  }

  // --- the way over ---

  /** The server stands where the session does: it and the current command are relayed from here on. */
  void take(MysqlServer on) {
    if (((on.capabilities() ^ session.capabilities()) & FORM) != 0) {
      session.giveBack(true);
      session.refuseCommand(refused("fast_forward: " + on.owner().target()
          + " does not know the form of packets (CLIENT_DEPRECATE_EOF, query attributes, extended"
          + " metadata) on which this client has agreed"));
    } else if (!on.isOwn() && on.tracks() && !untracked) {
      untracked = true;
      ClientStatements.evict(on, 0); // others of this user have left theirs
      String sql = Capabilities.has(session.capabilities(), Capabilities.SESSION_TRACK)
          ? TRACKED_AS_USUAL
          : UNTRACKED;
      on.query(sql + on.withoutGtids(),
          (_, error) -> session.continueOr(on, error, "session tracking"));
    } else {
      start(on);
    }
  }

  private void start(MysqlServer on) {
    server = on;
    session.become(MysqlSession.State.FORWARDING);
    ByteBuf first = session.current().packet();
    session.current().end();
    ByteBuf more = session.intake().handOver();
    on.forwardTo(new ServerSide());
    session.link().handler(new ClientSide());
    session.intake().resumeReads();
    fromClient(more == null ? first : Bytes.join(first, more));
  }

  // --- client to server ---

  /** Takes ownership. */
  private void fromClient(ByteBuf bytes) {
    session.times().command(System.nanoTime());
    ByteBuf in = bytes;
    if (cut != null) {
      in = Bytes.join(cut, bytes);
      cut = null;
    }
    try {
      relay(in);
    } finally {
      in.release();
    }
  }

  private void relay(ByteBuf in) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    MysqlServer to = server;
    while (at < end && to != null && server == to) {
      int next = watch.scan(in, at, end);
      if (next == at) {
        cut = Bytes.kept(in, at);
        return;
      }
      if (watch.begins() && watch.command() == Command.CHANGE_USER) {
        changeUser(in, at);
        return;
      }
      if (watch.begins()) {
        count(to, watch.command());
        to.sendCommand(in.retainedSlice(at, next - at));
      } else {
        to.send(in.retainedSlice(at, next - at));
      }
      at = next;
    }
    if (to != null && to.congested() && !clientPaused) {
      clientPaused = true;
      session.link().pauseReads();
    }
  }

  private void count(MysqlServer to, @Nullable Command command) {
    if (command == null || command.isUnanswered()) {
      return;
    }
    asked = true;
    streams = switch (command) {
      case BINLOG_DUMP, BINLOG_DUMP_GTID, TABLE_DUMP, SUBSCRIBE_GROUP_REPLICATION_STREAM -> true;
      default -> false;
    };
    to.owner().target().counters().queries.increment();
    session.runtime().counters().questions.increment();
  }

  private void changeUser(ByteBuf in, int at) {
    if (asked) {
      session.close("COM_CHANGE_USER behind a command that is not answered");
      return;
    }
    watch.putBack();
    ByteBuf rest = in.retainedSlice(at, in.writerIndex() - at);
    session.link().handler(session);
    session.giveBack(true);
    session.forward(null);
    session.become(MysqlSession.State.IDLE);
    session.onBytes(rest);
  }

  private void drained() {
    if (clientPaused) {
      clientPaused = false;
      session.link().resumeReads();
    }
  }

  // --- server to client ---

  private void fromServer(ByteBuf bytes) {
    asked = false;
    MysqlServer from = server;
    if (from == null) {
      bytes.release();
      return;
    }
    from.traffic().addSent(bytes.readableBytes());
    from.owner().target().counters().bytesReceived.add(bytes.readableBytes());
    session.link().write(bytes);
    if (!session.link().writable()) {
      from.pauseReads();
    }
  }

  // --- the end ---

  /** Whether the server is at something that ends only when it is told, as far as can be seen from outside. */
  boolean isBusy() {
    return server != null && (asked || streams);
  }

  /** Whether the client reads a server's binary log. */
  boolean isReplica() {
    return streams;
  }

  /** The session needs neither server nor pool any more. */
  void end() {
    server = null;
    drained();
    if (cut != null) {
      cut.release();
      cut = null;
    }
    forgetPool();
  }

  private final class ClientSide implements LinkHandler {
    @Override
    public void onBytes(ByteBuf bytes) {
      if (session.state() == MysqlSession.State.FORWARDING) {
        fromClient(bytes);
      } else {
        session.onBytes(bytes);
      }
    }

    @Override
    public void onWritable() {
      session.onWritable();
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      session.onClosed(cause);
    }
  }

  private final class ServerSide implements LinkHandler {
    @Override
    public void onBytes(ByteBuf bytes) {
      fromServer(bytes);
    }

    @Override
    public void onWritable() {
      drained();
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      MysqlServer gone = server;
      if (gone != null) {
        gone.onClosed(cause);
      }
    }
  }
}
