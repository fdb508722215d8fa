package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.core.route.RewrittenText;
import dev.weir.core.route.RouteDecision;
import dev.weir.core.route.SessionFacts;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.Ok;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of a client's command: answered here, refused, or sent to a server of the hostgroup that the query
 * rules say. Confined to the session's worker.
 */
final class CommandDispatch {
  private final MysqlSession session;
  private final MysqlRuntime runtime;
  private final MysqlWorkerState local;
  private final CurrentCommand current;
  private final ClientStatements statements;
  private final Link link;
  private final CachedAnswers cached;
  /** What rules see of the session; null when something of it has changed since. */
  private @Nullable SessionFacts facts;
  private int nextFlagIn;

  CommandDispatch(MysqlSession session, MysqlRuntime runtime, CurrentCommand current,
      ClientStatements statements, Link link) {
    this.session = session;
    this.runtime = runtime;
    this.local = runtime.local(link.worker());
    this.current = current;
    this.statements = statements;
    this.link = link;
    this.cached = new CachedAnswers(session, runtime, current, link);
  }

  /**
   * A command has come, as much of it as has to be looked at.
   *
   * @param length of its payload, as its header says
   */
  void begin(Command command, ByteBuf packet, long length) {
    FastForward forward = session.forward();
    if (forward != null) {
      forward.command(command, packet);
    } else if (length > runtime.settings().maxAllowedPacket()) {
      session.refuseCommand(MysqlRefusals.PACKET_TOO_LARGE);
    } else if (!session.failover().owes() || !toldOfLoss(command, packet)) {
      dispatch(command, packet);
    }
  }

  /** Whether the client is told now that what it had on a server is lost, instead of an answer to its command. */
  private boolean toldOfLoss(Command command, ByteBuf packet) {
    return session.failover().answers(command,
        command == Command.QUERY ? session.read(packet) : null);
  }

  private void dispatch(Command command, ByteBuf packet) {
    ParkedServers parked = session.parked();
    if (parked != null && !parked.isEmpty() && ClientStatements.needsItsServer(command)) {
      parked.bringBack(Pins.Reason.CURSOR);
    }
    switch (command) {
      case QUIT -> {
        AuditTrail.quit(runtime, session, link, session.user().name(), session.schema());
        session.close("client close request");
      }
      case PING -> session.answerOk(0, 0);
      case STATISTICS -> {
        session.finish();
        LocalAnswers.text(link, runtime.statistics());
      }
      case SET_OPTION -> setOption(packet);
      case RESET_CONNECTION -> {
        session.reset();
        session.answerOk(0, 0);
      }
      case CHANGE_USER -> session.changeUser(packet);
      case PROCESS_KILL ->
        kill(packet.getUnsignedIntLE(packet.readerIndex() + 5), false);
      case QUERY -> query(packet);
      case STMT_PREPARE -> statements.prepare(packet);
      case STMT_EXECUTE, STMT_BULK_EXECUTE -> statements.execute(packet);
      case STMT_FETCH, STMT_RESET -> statements.onServer(packet);
      case STMT_SEND_LONG_DATA -> statements.longData(packet);
      case STMT_CLOSE -> statements.close(packet);
      case INIT_DB -> {
        if (!session.home().use(schema(packet))) {
          session.toHostgroup(session.defaultHostgroup());
        }
      }
      case FIELD_LIST -> session.toHostgroup(session.defaultHostgroup());
      case BINLOG_DUMP, BINLOG_DUMP_GTID, REGISTER_REPLICA ->
        FastForward.begin(session, statements);
      case SLEEP, CREATE_DB, DROP_DB, REFRESH, SHUTDOWN, PROCESS_INFO, CONNECT, DEBUG, TIME,
          DELAYED_INSERT, TABLE_DUMP, CONNECT_OUT, DAEMON, CLONE,
          SUBSCRIBE_GROUP_REPLICATION_STREAM ->
        session.refuseCommand(new Refusal("08S01", 1047,
            "Command " + command + " is not passed on: connect to the server for it"));
    }
  }

  private static String schema(ByteBuf packet) {
    int from = packet.readerIndex() + Packets.HEADER + 1;
    return packet.toString(from, packet.writerIndex() - from, StandardCharsets.UTF_8);
  }

  private void setOption(ByteBuf packet) {
    int option = packet.getUnsignedShortLE(packet.readerIndex() + 5);
    if (option > 1) {
      session.refuseCommand(MysqlRefusals.UNKNOWN_COMMAND);
      return;
    }
    long agreed = session.capabilities();
    long bit = Capabilities.MULTI_STATEMENTS;
    ParkedServers parked = session.parked();
    boolean holds = session.server() != null || (parked != null && !parked.isEmpty());
    if (holds && (option == 0) != ((agreed & bit) != 0)) {
      // The connection that is held keeps the option it has: it belongs to a pool of those alike.
      session.refuseCommand(new Refusal("HY000", 1105,
          "multi statements cannot be switched while the session holds its server ("
              + (session.pins().any() ? session.pins().describe() : "transaction") + ")"));
      return;
    }
    session.capabilities(option == 0 ? agreed | bit : agreed & ~bit);
    session.finish();
    LocalAnswers.eof(link, 1, session.capabilities(), session.status());
  }

  /** {@code KILL [QUERY] id} by this client. */
  void kill(long target, boolean queryOnly) {
    MysqlSession other = runtime.session(target);
    if (other == null || !other.belongsTo(session.user())) {
      session.refuseCommand(MysqlRefusals.unknownThread(target));
    } else {
      other.worker().run(() -> other.killed(queryOnly));
      if (session.state() != MysqlSession.State.CLOSED) {
        session.answerOk(0, 0);
      }
    }
  }

  private void query(ByteBuf packet) {
    if (!QueryText.isThere(packet, current.whole(), Command.QUERY, session.capabilities())) {
      session.refuseCommand(new Refusal("HY000", 1105,
          "query attributes of more than 64 KiB are not passed on"));
      return;
    }
    Statement statement = session.read(packet);
    current.statement(statement);
    if (!statement.classification().effects().isEmpty()
        && (QueryAnswers.answered(session, statement) || used(statement))) {
      return;
    }
    route(statement);
  }

  /** Whether it was a USE that leads elsewhere, or would have been one. */
  private boolean used(Statement statement) {
    if (!session.home().isDeclared()) {
      return false;
    }
    Refusal why = session.home().refusal(statement);
    if (why != null) {
      session.refuseCommand(why);
      return true;
    }
    String name = SessionHome.used(statement);
    return name != null && !session.intake().inside() && session.home().use(name);
  }

  /** Decides where the statement goes, and sends it there. */
  void route(Statement statement) {
    if (session.home().singleStatements() && SessionHome.opensTransaction(statement)) {
      session.refuseCommand(MysqlRefusals.NO_TRANSACTION_BLOCKS);
      return;
    }
    RouteDecision decision = link instanceof MirrorLink copy
        ? copy.decide(local, statement, facts())
        : local.decide(statement, facts());
    if (decision.nextFlagIn() != RouteDecision.UNSET) {
      nextFlagIn = decision.nextFlagIn();
      facts = null;
    }
    current.decided(decision);
    if (decision.errorMessage() != null) {
      session.refuseCommand(new Refusal("42000", 1148, decision.errorMessage()));
    } else if (decision.okMessage() != null) {
      QueryTrail.answered(runtime, session, current, 0);
      session.finish();
      LocalAnswers.ok(link, 1, session.capabilities(), new Ok(false, 0, 0, session.status(), 0,
          ByteString.of(decision.okMessage()), ByteString.EMPTY));
    } else if (!isBlocked(statement, decision.flag())) {
      follow(decision);
    }
  }

  private boolean isBlocked(Statement statement, int flag) {
    Firewall firewall = runtime.firewall();
    if (!firewall.enabled()) {
      return false;
    }
    Refusal why = firewall.refuses(session.user().name(), facts().clientAddr(),
        session.schema(), flag, statement);
    if (why != null) {
      session.refuseCommand(why);
    }
    return why != null;
  }

  private void follow(RouteDecision decision) {
    RewrittenText rewritten = decision.rewritten();
    boolean hasText = current.command() == Command.QUERY
        || current.command() == Command.STMT_PREPARE;
    if (rewritten != null && hasText && !replace(rewritten.bytes())) {
      return;
    }
    if (decision.mirrorHostgroup() >= 0 || decision.mirrorFlagOut() >= 0) {
      runtime.side().mirrors().copy(session, current, decision);
    }
    int hostgroup = decision.hostgroup() == RouteDecision.UNSET
        ? session.defaultHostgroup()
        : decision.hostgroup();
    if (decision.cacheTtlMillis() > 0 && cached.answered(decision, hostgroup)) {
      return;
    }
    int delay = decision.delayMillis() == RouteDecision.UNSET
        ? (int) runtime.settings().defaultQueryDelayMillis()
        : decision.delayMillis();
    if (delay > 0) {
      delayed(hostgroup, delay);
    } else {
      session.toHostgroup(hostgroup);
    }
  }

  CachedAnswers cached() {
    return cached;
  }

  private void delayed(int hostgroup, int millis) {
    session.become(MysqlSession.State.WAITING);
    CurrentCommand.Turn turn = current.turn();
    link.worker().after(millis, () -> {
      if (turn == current.turn() && session.state() == MysqlSession.State.WAITING) {
        session.toHostgroup(hostgroup);
        session.intake().work();
      }
    });
  }

  /** Another text in place of the client's. False when that cannot be: the client was told. */
  private boolean replace(byte[] sql) {
    if (session.intake().inside()) {
      session.refuseCommand(new Refusal("42000", 1148,
          "a query rule rewrites this statement, which is too long to be rewritten"));
      return false;
    }
    current.replace(link, sql, session.capabilities());
    return true;
  }

  /** What rules see of the session. */
  SessionFacts facts() {
    SessionFacts known = facts;
    if (known == null) {
      known = link instanceof MirrorLink copy
          ? copy.facts(session.user().name(), session.schema())
          : new SessionFacts(session.user().name(), session.schema(), link.remote().host(),
              link.local().host(), link.local().port(), nextFlagIn, false);
      facts = known;
    }
    return known;
  }

  ClientStatements statements() {
    return statements;
  }

  /** User or schema may have changed. */
  void factsChanged() {
    facts = null;
  }

  /** As after login. */
  void reset() {
    nextFlagIn = 0;
    facts = null;
  }
}
