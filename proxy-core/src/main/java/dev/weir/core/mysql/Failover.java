package dev.weir.core.mysql;

import dev.weir.core.sql.Classification;
import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.ServerStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a session whose server is lost, or does not want to work any more: its command goes to another server
 * where that cannot do anything twice, else the client is told, by an error packet and not by the end of its connection.
 * Confined to the session's worker.
 */
final class Failover {
  /** What the session had on a server that was lost between two commands; the client does not know yet. */
  private enum Debt {
    NONE,
    /** Warnings or the error of the last statement. */
    CONDITIONS,
    /** A transaction, and perhaps conditions. */
    TRANSACTION,
    /** Anything that {@link Pins} know of. */
    STATE
  }

  private static final int WSREP_NOT_READY = 1047; // ER_UNKNOWN_COM_ERROR, which Galera uses for it
  private static final int SHUTDOWN = 1053;
  /** Of the texts of {@link #WSREP_NOT_READY} the one that means it, as it begins. */
  private static final String NOT_READY = "WSREP has not yet prepared node for application use";
  /** How {@link MysqlRelay} tells it of statements of ours. */
  private static final String OWN_NOT_READY = WSREP_NOT_READY + " (08S01): " + NOT_READY;
  /** So long a server that does not want gets to leave its hostgroup. */
  private static final long AGAIN_MILLIS = 50;

  private final MysqlSession session;
  private final MysqlRuntime runtime;
  private final CurrentCommand current;
  private final ServerSearch search;
  private Debt debt = Debt.NONE;

  Failover(MysqlSession session, MysqlRuntime runtime, CurrentCommand current,
      ServerSearch search) {
    this.session = session;
    this.runtime = runtime;
    this.current = current;
    this.search = search;
  }

  // --- the server is gone ---

  /**
   * The session had this server until now.
   *
   * @param pins what it kept there; none afterwards
   * @param begun a part of the response has been passed on
   * @param inPacket and that part ends in the middle of a packet
   */
  void lost(boolean inTransaction, Pins pins, boolean begun, boolean inPacket) {
    boolean held = inTransaction || pins.any();
    Debt owed = pins.any() && !pins.onlyConditions()
        ? Debt.STATE
        : inTransaction ? Debt.TRANSACTION : held ? Debt.CONDITIONS : Debt.NONE;
    boolean onlyConditions = owed == Debt.CONDITIONS && !readsConditions();
    pins.clear();
    if (inPacket) {
      session.close("server lost in the middle of a packet");
    } else if (session.state() == MysqlSession.State.IDLE) {
      debt = owed;
    } else if (held && !onlyConditions) {
      session.refuseCommand(
          owed == Debt.TRANSACTION ? MysqlRefusals.LOST_TRANSACTION : MysqlRefusals.LOST);
    } else if (session.state() == MysqlSession.State.SYNCING) {
      search.again(runtime.settings().connectRetriesDelayMillis()); // the server has not seen the command
    } else if (!begun && mayRepeat()) {
      search.begin();
    } else {
      session.refuseCommand(MysqlRefusals.LOST);
    }
  }

  /** Whether running the command again can do no harm, and is still possible. */
  private boolean mayRepeat() {
    return !session.intake().inside()
        && current.mayRepeat(runtime.settings().queryRetriesOnFailure());
  }

  private boolean readsConditions() {
    Statement statement = current.statement();
    return statement != null && SessionEffects.readsConditions(statement);
  }

  // --- the server does not want ---

  /** Whether the error is one that {@link #asksAnother(int, String)} has to be asked about. */
  static boolean mayConcern(int errno) {
    return errno == WSREP_NOT_READY || errno == SHUTDOWN;
  }

  /**
   * The server answers the running command with an error and nothing else. Whether another server is to be asked, so that
   * the client does not get it.
   */
  boolean asksAnother(int errno, String message) {
    boolean untouched = errno == WSREP_NOT_READY && message.startsWith(NOT_READY);
    return (untouched || (errno == SHUTDOWN && mayRepeat())) && isFree()
        && !session.intake().inside() && !current.filing();
  }

  /** The same of a statement of ours that was to prepare the server for the session. */
  boolean asksAnother(String ownError) {
    return ownError.startsWith(OWN_NOT_READY) && isFree();
  }

  /** Whether nothing that the client wants to keep is on the server at hand. */
  private boolean isFree() {
    Pins pins = session.pins();
    Statement statement = current.statement();
    boolean leavesTransaction = !ServerStatus.has(session.status(), ServerStatus.IN_TRANSACTION)
        || (statement != null && isRollback(statement));
    return leavesTransaction && (!pins.any() || (pins.onlyConditions() && !readsConditions()));
  }

  /** Gives the server back and looks for another one. */
  void askAnother() {
    session.giveBack(false);
    search.again(AGAIN_MILLIS);
  }

  // --- telling the client afterwards ---

  /** Whether the client has to be told of something that is lost. */
  boolean owes() {
    return debt != Debt.NONE;
  }

  void forget() {
    debt = Debt.NONE;
  }

  /** Whether the command that has come is dealt with herewith, since what it builds on is lost. */
  boolean answers(Command command, @Nullable Statement statement) {
    switch (command) {
      case QUIT, PING, STATISTICS, SET_OPTION, STMT_CLOSE, PROCESS_KILL -> {
        return false; // has nothing to do with it
      }
      case RESET_CONNECTION, CHANGE_USER -> {
        forget();
        return false;
      }
      case STMT_SEND_LONG_DATA -> {
        drop(); // nobody is answered, and what came before is gone
        return true;
      }
      default -> {
      }
    }
    Debt owed = debt;
    forget();
    boolean harmless = switch (owed) {
      case NONE -> true;
      case CONDITIONS -> statement == null || !SessionEffects.readsConditions(statement);
      case TRANSACTION -> statement != null && isRollback(statement);
      case STATE -> false;
    };
    if (!harmless) {
      session.refuseCommand(
          owed == Debt.TRANSACTION ? MysqlRefusals.LOST_TRANSACTION : MysqlRefusals.LOST);
    }
    return !harmless;
  }

  private void drop() {
    if (session.intake().inside()) {
      session.intake().discard(MysqlRefusals.LOST);
    } else {
      session.unsent();
    }
  }

  /** It asks for what has happened already. */
  private static boolean isRollback(Statement statement) {
    Classification c = statement.classification();
    List<Effect> effects = c.effects();
    return c.statements() == 1 && effects.size() == 1
        && effects.getFirst() instanceof Effect.Rollback;
  }
}
