package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.sql.Classification;
import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.ServerStatus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What a session whose user has {@code transaction_persistent=0} holds besides the server at hand: servers of other
 * hostgroups that have a transaction open, or something else of the session, while rules send its statements elsewhere.
 * One for each hostgroup at most. Confined to the session's worker.
 *
 * <p>What ends a transaction goes to where one is open, whatever the rules say; where several are, the others are ended
 * first. That is no atomic commit, and an error says which of them failed.
 */
final class ParkedServers {
  /** To be told that the client has been refused. */
  static final int REFUSED = -1;

  private static final class Parked {
    private final MysqlServer server;
    private final Pins pins;
    private volatile int status;

    Parked(MysqlServer server, Pins pins, int status) {
      this.server = server;
      this.pins = pins;
      this.status = status;
    }

    int hostgroup() {
      return server.owner().target().hostgroup();
    }

    boolean inTransaction() {
      return ServerStatus.has(status, ServerStatus.IN_TRANSACTION);
    }
  }

  private final MysqlSession session;
  private final CurrentCommand current;
  /** Changed on the worker; tables of the console glance at it. */
  private final List<Parked> parked = new CopyOnWriteArrayList<>();

  ParkedServers(MysqlSession session) {
    this.session = session;
    this.current = session.current();
  }

  boolean isEmpty() {
    return parked.isEmpty();
  }

  /** Of the first that is kept for more than its transaction and the next statement; null when there is none. */
  @Nullable
  Pins lastingPins() {
    Parked first = pinned();
    return first == null ? null : first.pins;
  }

  /** Shows the reasons to keep each of them. */
  void visitPins(Pins.Visitor visitor) {
    parked.forEach(each -> each.pins.visit(visitor));
  }

  /** Whether a transaction is open on one of them. */
  boolean inTransaction() {
    for (Parked each : parked) {
      if (each.inTransaction()) {
        return true;
      }
    }
    return false;
  }

  // --- which server a command goes to ---

  /**
   * Brings the server to hand that the current command belongs to; where none is at hand afterwards, one is to be looked
   * for.
   *
   * @return in which hostgroup, or {@link #REFUSED}
   */
  int choose(int hostgroup) {
    MysqlServer at = session.server();
    if (at == null && parked.isEmpty()) {
      return hostgroup;
    }
    Command command = current.command();
    if (command == Command.STMT_FETCH || command == Command.STMT_RESET) {
      return hostgroup; // about what is on the server at hand
    }
    Classification c = command == Command.STMT_PREPARE ? null : classification();
    if (c != null && endsOrMarks(c) && isInTransaction()) {
      return aboutTransaction(c, hostgroup);
    }
    if (at != null && (isOf(at, hostgroup) || (c != null && readsOutcome(c)))) {
      return hostgroup;
    }
    Parked there = ofHostgroup(hostgroup);
    if (there == null && !session.pins().outlastsStatement()) {
      there = pinned();
      if (there == null) {
        putAside();
        return hostgroup;
      }
    }
    if (there != null) {
      bringBack(there);
    }
    return hostgroup;
  }

  private @Nullable Classification classification() {
    Statement statement = current.statement();
    return statement == null ? null : statement.classification();
  }

  private static boolean isOf(MysqlServer server, int hostgroup) {
    return server.owner().target().hostgroup() == hostgroup;
  }

  private boolean isInTransaction() {
    return ServerStatus.has(session.status(), ServerStatus.IN_TRANSACTION);
  }

  private @Nullable Parked ofHostgroup(int hostgroup) {
    for (Parked each : parked) {
      if (each.hostgroup() == hostgroup) {
        return each;
      }
    }
    return null;
  }

  /** One with state that cannot be brought elsewhere: a statement without a server of its own may be about it. */
  private @Nullable Parked pinned() {
    for (Parked each : parked) {
      if (each.pins.outlastsStatement()) {
        return each;
      }
    }
    return null;
  }

  private static boolean readsOutcome(Classification c) {
    for (Effect effect : c.effects()) {
      if (effect instanceof Effect.ReadDiagnostics(Effect.Diagnostics what)
          && what != Effect.Diagnostics.LAST_INSERT_ID) {
        return true;
      }
    }
    return false;
  }

  private static boolean endsOrMarks(Classification c) {
    for (Effect effect : c.effects()) {
      switch (effect) {
        case Effect.Begin _,Effect.Commit _,Effect.Rollback _,Effect.Savepoint _,Effect.RollbackTo _,Effect.ReleaseSavepoint _ -> {
          return true;
        }
        case Effect.Assign(Effect.Scope scope, String name, _) when scope == Effect.Scope.SESSION
            && name.equals("autocommit") -> {
          return true;
        }
        default -> {
        }
      }
    }
    return false;
  }

  /** The statement goes to the server with a transaction: that at hand, or the first. */
  private int aboutTransaction(Classification c, int hostgroup) {
    if (!session.hasTransactionAtHand()) {
      for (Parked each : parked) {
        if (each.inTransaction()) {
          bringBack(each);
          break;
        }
      }
    }
    if (inTransaction() && (c.isMultiStatement() || ending(c) == null)) {
      session.refuseCommand(new Refusal("HY000", 1105,
          "transactions are open in several hostgroups (transaction_persistent=0): COMMIT or "
              + "ROLLBACK first, as a statement of its own"));
      return REFUSED;
    }
    return hostgroup;
  }

  /** Puts the server at hand aside if something of the session is there, else gives it back. */
  private void putAside() {
    MysqlServer at = session.server();
    if (at == null) {
      return;
    }
    if (session.hasTransactionAtHand() || session.pins().outlastsStatement()) {
      session.pins().endOfStatement();
      parked.add(new Parked(at, session.pins(), session.statusAtHand()));
      session.atHand(null, new Pins(session.pins().counters()),
          session.statusAtHand() & ~ServerStatus.IN_TRANSACTION);
    } else {
      // Without autocommit an error leaves open whether there is a transaction: nobody else may find it.
      boolean unsure = !ServerStatus.has(session.statusAtHand(), ServerStatus.AUTOCOMMIT);
      session.pins().endOfStatement();
      session.giveBack(unsure);
    }
  }

  private void bringBack(Parked there) {
    putAside();
    parked.remove(there);
    session.atHand(there.server, there.pins, there.status);
  }

  /** COM_STMT_FETCH and its kin are about a server that may have been put aside since. */
  void bringBack(Pins.Reason reason) {
    if (session.pins().has(reason)) {
      return;
    }
    for (Parked each : parked) {
      if (each.pins.has(reason)) {
        bringBack(each);
        return;
      }
    }
  }

  // --- the end of transactions ---

  /** What ends the other transactions when this ends one; null when it does not. */
  private static @Nullable String ending(Classification c) {
    if (c.effects().isEmpty()) {
      return null;
    }
    return switch (c.effects().getFirst()) {
      case Effect.Commit _,Effect.Begin _ -> "COMMIT";
      case Effect.Rollback _ -> "ROLLBACK";
      default -> null;
    };
  }

  /**
   * Whether the current command can be sent as far as other transactions matter. False when one is being ended; then
   * {@link MysqlSession#continueOr} follows.
   */
  boolean ready(MysqlServer on) {
    Classification c = parked.isEmpty() || current.command() == Command.STMT_PREPARE
        ? null
        : classification();
    String sql = c == null ? null : ending(c);
    if (sql == null) {
      return true;
    }
    for (Parked each : parked) {
      if (each.inTransaction()) {
        end(each, sql, on);
        return false;
      }
    }
    return true;
  }

  private void end(Parked each, String sql, MysqlServer on) {
    each.server.query(sql, (outcome, error) -> {
      if (session.state() != MysqlSession.State.SYNCING || session.server() != on) {
        return;
      }
      each.status = outcome.status() & ~ServerStatus.IN_TRANSACTION;
      if (!each.pins.any()) {
        parked.remove(each);
        each.server.release(error != null, System.nanoTime());
      }
      if (error == null) {
        session.continueOr(on, null, "");
        return;
      }
      int here = on.owner().target().hostgroup();
      session.giveBack(true);
      session.refuseCommand(new Refusal("HY000", 1105,
          sql + " failed in hostgroup " + each.hostgroup() + ": " + error
              + "; the transaction in hostgroup " + here + " is rolled back"));
      session.intake().work();
    });
  }

  /** The session needs none of them any more. */
  void giveBack() {
    List<Parked> all = List.copyOf(parked);
    parked.clear();
    for (Parked each : all) {
      each.pins.clear();
      each.server.release(true, System.nanoTime());
    }
  }
}
