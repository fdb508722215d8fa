package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.mysql.log.QueryEvent;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResponseTracker;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.ComStmtExecute;
import dev.weir.mysql.packet.ComStmtPrepare;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's prepared statements of the binary protocol. They outlive the servers they were prepared on: where a server
 * does not know a statement, it is prepared there first, and ids and types in the packets are brought after it. Confined
 * to the session's worker.
 */
final class ClientStatements {
  /** As many as a server would allow by default ({@code max_prepared_stmt_count}). */
  private static final int MAX = 16_382;
  private static final int ID_AT = Packets.HEADER + ComStmtExecute.STATEMENT_ID;
  /** In MariaDB the statement that was prepared last, for clients that do not wait for its id. */
  private static final int LAST = -1;

  private final MysqlSession session;
  private final Map<Integer, ClientStatement> byId = new HashMap<>();
  private final TextStatements texts;
  private final ExecuteTypes types = new ExecuteTypes();
  private int lastId;
  private @Nullable ClientStatement using;
  private @Nullable ClientStatement last;
  private boolean rewritten;

  ClientStatements(MysqlSession session, CurrentCommand current) {
    this.session = session;
    this.texts = new TextStatements(session, current);
  }

  /** Those of SQL's PREPARE. */
  TextStatements texts() {
    return texts;
  }

  int size() {
    return byId.size();
  }

  /** All of them, to be looked at. */
  Iterable<ClientStatement> all() {
    return byId.values();
  }

  /** As the client knows the statement of the current command; 0 for one that could not be prepared. */
  int idOf(QueryEvent.Kind kind, boolean failed) {
    ClientStatement statement = using;
    return switch (kind) {
      case COM_QUERY -> 0;
      case COM_STMT_PREPARE -> failed ? 0 : lastId;
      case COM_STMT_EXECUTE -> statement == null ? 0 : statement.id();
    };
  }

  void clear() {
    byId.clear();
    texts.clear();
    using = null;
    last = null;
  }

  // --- COM_STMT_PREPARE ---

  void prepare(ByteBuf packet) {
    last = null;
    if (byId.size() >= MAX) {
      session.refuseCommand(new Refusal("42000", 1461,
          "Can't create more than max_prepared_stmt_count statements (current value: " + MAX
              + ")"));
      return;
    }
    using = null;
    Statement statement = session.read(packet);
    session.current().statement(statement);
    session.dispatch().route(statement);
  }

  /** The server has prepared it; the id in the packet becomes ours. */
  void prepared(ByteBuf in, ResponseTracker tracker) {
    Statement statement = session.current().statement();
    MysqlServer on = session.server();
    if (statement == null || on == null) {
      return;
    }
    int at = tracker.statementIdAt();
    int serverId = in.getIntLE(at);
    ServerStatements.Known before = on.statements().find(statement, on.schema());
    if (before != null) {
      on.forget(before);
    }
    on.statements().put(statement, on.schema(),
        new ServerStatements.Known(serverId, tracker.parameters()));
    do {
      lastId = lastId == Integer.MAX_VALUE ? 1 : lastId + 1;
    } while (byId.containsKey(lastId));
    ClientStatement made = new ClientStatement(lastId, statement);
    made.parameters(tracker.parameters());
    byId.put(lastId, made);
    last = made;
    in.setIntLE(at, lastId);
    on.traffic().addClientParses(1);
    on.traffic().addServerParses(1);
  }

  // --- COM_STMT_EXECUTE and the like ---

  void execute(ByteBuf packet) {
    if (session.current().command() == Command.STMT_BULK_EXECUTE
        && !Capabilities.has(session.capabilities(), Capabilities.MARIADB_BULK_OPERATIONS)) {
      session.refuseCommand(new Refusal("08S01", 1047,
          "COM_STMT_BULK_EXECUTE was not offered: not all servers know bulk execution"));
      return;
    }
    ClientStatement statement = find(packet);
    if (statement == null) {
      session.refuseCommand(MysqlRefusals.unknownStatement("mysqld_stmt_execute"));
      return;
    }
    use(statement);
    session.dispatch().route(statement.statement());
  }

  /** Whether a command is about what only the server knows on which the statement was executed. */
  static boolean needsItsServer(Command command) {
    return command == Command.STMT_FETCH || command == Command.STMT_RESET
        || command == Command.STMT_CLOSE;
  }

  /** COM_STMT_FETCH and COM_STMT_RESET: about a cursor or parameters that are on the server at hand. */
  void onServer(ByteBuf packet) {
    ClientStatement statement = find(packet);
    MysqlServer on = session.server();
    boolean known = statement != null && on != null
        && on.statements().find(statement.statement(), on.schema()) != null;
    if (statement == null || (!known && session.current().command() == Command.STMT_FETCH)) {
      session.refuseCommand(MysqlRefusals.unknownStatement("mysqld_stmt_fetch"));
    } else if (!known) {
      session.answerOk(0, 0); // nothing to reset anywhere
    } else {
      use(statement);
      session.current().statement(statement.statement());
      session.toHostgroup(session.defaultHostgroup());
    }
  }

  void longData(ByteBuf packet) {
    ClientStatement statement = find(packet);
    if (statement == null) {
      session.refuseCommand(MysqlRefusals.unknownStatement("mysqld_stmt_send_long_data"));
      return;
    }
    use(statement);
    session.pins().add(Pins.Reason.LONG_DATA);
    session.dispatch().route(statement.statement());
  }

  /** Nobody is answered. The statement stays on servers until others push it out, unless a cursor is open on it. */
  void close(ByteBuf packet) {
    ClientStatement statement = find(packet);
    MysqlServer on = session.server();
    if (statement != null) {
      byId.remove(statement.id());
      last = statement == last ? null : last;
      if (on != null && session.pins().has(Pins.Reason.CURSOR)) {
        ServerStatements.Known known = on.statements().take(statement.statement(), on.schema());
        if (known != null) {
          on.forget(known);
          session.pins().remove(Pins.Reason.CURSOR);
        }
      }
    }
    session.unsent();
  }

  private @Nullable ClientStatement find(ByteBuf packet) {
    if (packet.readableBytes() < ID_AT + 4) {
      throw new MalformedPacketException("a command about a statement without its id");
    }
    int id = packet.getIntLE(packet.readerIndex() + ID_AT);
    return id == LAST ? last : byId.get(id);
  }

  private void use(ClientStatement statement) {
    using = statement;
    rewritten = false;
    session.current().statement(statement.statement());
  }

  // --- bringing a server to it ---

  /** The command goes to another server than it was prepared for, if it was: ids of that one mean nothing here. */
  void onAnotherServer() {
    rewritten = false;
  }

  /**
   * Whether the current command can go to this server as it is now. False when the statement is being prepared there, or
   * the client was refused.
   */
  boolean ready(MysqlServer on) {
    ClientStatement statement = using;
    if (statement == null || !concernsStatement(session.current().command())) {
      return true;
    }
    if (session.current().command() == Command.STMT_BULK_EXECUTE
        && !Capabilities.has(on.capabilities(), Capabilities.MARIADB_BULK_OPERATIONS)) {
      session.refuseCommand(new Refusal("08S01", 1047, "COM_STMT_BULK_EXECUTE: server "
          + on.owner().target() + " does not know bulk execution"));
      return false;
    }
    ServerStatements.Known known = on.statements().find(statement.statement(), on.schema());
    if (known == null) {
      on.run(Command.STMT_PREPARE,
          new ComStmtPrepare(ByteString.of(statement.statement().bytes())), (_, error) -> {
            if (error == null) {
              on.traffic().addServerParses(1);
              on.statements().put(statement.statement(), on.schema(),
                  new ServerStatements.Known(on.preparedId(), on.preparedParameters()));
            }
            session.continueOr(on, error, "prepared statement");
          });
      return false;
    }
    return rewritten || rewrite(on, statement, known);
  }

  private static boolean concernsStatement(Command command) {
    return switch (command) {
      case STMT_EXECUTE, STMT_BULK_EXECUTE, STMT_FETCH, STMT_RESET, STMT_SEND_LONG_DATA -> true;
      default -> false;
    };
  }

  private boolean rewrite(MysqlServer on, ClientStatement statement, ServerStatements.Known known) {
    CurrentCommand current = session.current();
    ByteBuf packet = current.bytes();
    int start = packet.readerIndex();
    packet.setIntLE(start + ID_AT, known.serverId());
    rewritten = true;
    Command command = current.command();
    if (command == Command.STMT_EXECUTE) {
      on.traffic().addBinds(1);
    }
    if (command != Command.STMT_EXECUTE && command != Command.STMT_BULK_EXECUTE) {
      return true;
    }
    types.find(packet, command, known.parameters(), session.capabilities());
    if (types.count() == 0) {
      return true;
    }
    if (types.given(packet)) {
      byte[] sent = types.read(packet);
      statement.types(sent);
      known.types(sent);
      return true;
    }
    byte[] before = statement.types();
    if (before == null || known.hasTypes(before)) {
      return true; // without any the server refuses it, as it would without us
    }
    known.types(before);
    return insertTypes(packet, before);
  }

  /** The server at hand was told other types, or none: the client's are put into the packet. */
  private boolean insertTypes(ByteBuf packet, byte[] before) {
    int start = packet.readerIndex();
    if (Packets.payloadLength(packet, start) + before.length >= Packets.MAX_PAYLOAD) {
      session.refuseCommand(new Refusal("HY000", 1105,
          "parameters of 16 MiB need their types in the same packet here: bind them again"));
      return false;
    }
    ByteBuf out = session.link().buffer(packet.readableBytes() + before.length);
    types.copyWith(before, packet, out);
    session.current().packet(out);
    return true;
  }

  /** Closes what is too much on a server that is about to be given back. */
  static void evict(MysqlServer on, int max) {
    for (ServerStatements.Known old = on.statements().evictAbove(max); old != null; old = on
        .statements().evictAbove(max)) {
      on.forget(old);
    }
  }
}
