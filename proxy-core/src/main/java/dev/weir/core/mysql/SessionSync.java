package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.packet.ComInitDb;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a server to where the client thinks it is, then sends it the command: schema, variables, last insert id,
 * prepared statement, each only when it differs. Confined to the session's worker.
 */
final class SessionSync {
  private static final Logger LOG = LoggerFactory.getLogger(SessionSync.class);

  private final MysqlSession session;
  private final CurrentCommand current;
  private final ClientStatements statements;

  SessionSync(MysqlSession session, CurrentCommand current, ClientStatements statements) {
    this.session = session;
    this.current = current;
    this.statements = statements;
  }

  /** Takes the next step; comes back through {@link #continueOr} until none is left and the command is sent. */
  void proceed(MysqlServer on) {
    session.become(MysqlSession.State.SYNCING);
    String missing = ClientCapabilities.missing(session.capabilities(), on.capabilities());
    if (missing != null) {
      session.giveBack(false);
      session.refuse(new Refusal("08S01", 1105, "server " + on.owner().target()
          + " does not know " + missing + ", which this client counts on: connect anew"));
      return;
    }
    try {
      if (statements.texts().ready(on) && schema(on) && variables(on) && insertId(on)
          && statements.ready(on)
          && endedElsewhere(on)) {
        FastForward forward = session.forward();
        Refusal tooMany = forward == null
            ? session.runtime().groups().pinLimits().refuses(session, on)
            : null;
        if (tooMany != null) {
          session.refuseCommand(tooMany);
        } else if (forward == null) {
          send(on);
        } else {
          forward.take(on);
        }
      }
    } catch (MalformedPacketException e) {
      // The client's packet: caught here, for it is often the server's answer that brings us here.
      LOG.info("{}: {}", session, e.getMessage());
      session.refuse(MysqlRefusals.MALFORMED);
    }
  }

  /** Whether the server is there already, as for the other steps. */
  private boolean schema(MysqlServer on) {
    String wanted = session.schema();
    if (wanted.isEmpty() || wanted.equals(on.schema()) || current.command() == Command.INIT_DB) {
      return true;
    }
    on.run(Command.INIT_DB, new ComInitDb(wanted), (_, error) -> {
      on.schema(error == null ? wanted : on.schema());
      continueOr(on, error, "schema " + wanted);
    });
    return false;
  }

  private boolean variables(MysqlServer on) {
    SessionVariables mine = session.variables();
    if (on.basis().under(mine).equals(on.variables())) {
      on.variables(on.basis().under(mine));
      return true;
    }
    session.variables(mine.spelledFor(on.hasOldNames()));
    SessionVariables wanted = on.basis().under(session.variables());
    String sql = wanted.difference(on.variables());
    if (sql == null) {
      on.variables(wanted);
      return true;
    }
    on.query(sql, (outcome, error) -> {
      on.variables(error == null ? wanted : on.variables());
      if (error != null && Charsets.isUnknown(outcome.errorCode())) {
        unknownCharset(on, wanted, error);
      } else {
        continueOr(on, error, "session variables");
      }
    });
    return false;
  }

  /** The server does not know the session's character set or collation: the default may do. */
  private void unknownCharset(MysqlServer on, SessionVariables wanted, String error) {
    if (session.state() != MysqlSession.State.SYNCING || session.server() != on) {
      return;
    }
    SessionVariables other = Charsets.replaced(on.owner().runtime(), session, wanted, error);
    if (other == null) {
      session.giveBack(true);
      session.refuse(new Refusal("HY000", 2019, "Can't initialize character set: " + error));
    } else if (other.equals(wanted)) {
      continueOr(on, error, "session variables");
    } else {
      session.variables(other);
      continueOr(on, null, "");
    }
  }

  private boolean insertId(MysqlServer on) {
    Statement statement = current.statement();
    long wanted = session.lastInsertId();
    if (statement == null || on.lastInsertId() == wanted
        || !QueryAnswers.asksForInsertId(statement)) {
      return true;
    }
    on.query("SET last_insert_id=" + Long.toUnsignedString(wanted), (_, error) -> {
      on.lastInsertId(wanted);
      continueOr(on, error, "last_insert_id");
    });
    return false;
  }

  private boolean endedElsewhere(MysqlServer on) {
    ParkedServers parked = session.parked();
    return parked == null || parked.ready(on);
  }

  /** A step of {@link #proceed} is done. */
  void continueOr(MysqlServer on, @Nullable String error, String what) {
    if (session.state() != MysqlSession.State.SYNCING || session.server() != on) {
      return;
    }
    if (error == null) {
      proceed(on);
    } else if (session.failover().asksAnother(error)) {
      session.failover().askAnother();
    } else {
      LOG.info("{}: the server refuses {}: {}", session, what, error);
      session.giveBack(true);
      session.refuseCommand(new Refusal("HY000", 1105,
          "cannot bring the server to this session's " + what + ": " + error));
    }
    session.intake().work();
  }

  private void send(MysqlServer on) {
    CommandIntake intake = session.intake();
    session.become(MysqlSession.State.RUNNING);
    current.sent();
    session.pins().cause(current.statement());
    ByteBuf packet = current.packet();
    if (!intake.inside()) {
      on.begin(current.command(), session.capabilities(), intake.nextSequence());
    }
    on.sendCommand(packet);
    if (!on.serves() && !intake.inside()) {
      session.settle(on); // a command without an answer
    } else if (on.congested() && intake.inside()) {
      intake.pauseReads();
    } else if (intake.inside()) {
      intake.resumeReads();
    }
  }
}
