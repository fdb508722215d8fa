package dev.weir.core.mysql;

import dev.weir.mysql.packet.ServerStatus;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a {@link MysqlSession}: who it is, what its client has agreed on, where it stands, and which server
 * it has. Confined to its worker.
 */
abstract class SessionStanding {
  /** Flags that are about the statement that has run, and not about the session. */
  private static final int OF_STATEMENT = ServerStatus.NO_GOOD_INDEX_USED
      | ServerStatus.NO_INDEX_USED | ServerStatus.CURSOR_EXISTS | ServerStatus.LAST_ROW_SENT
      | ServerStatus.DB_DROPPED | ServerStatus.QUERY_WAS_SLOW | ServerStatus.PS_OUT_PARAMETERS
      | ServerStatus.MORE_RESULTS_EXIST;

  @Nullable MysqlUser user;
  @Nullable MysqlServer server;
  Pins pins;
  /** Null unless what the client sends is relayed as it is, or will be. */
  @Nullable FastForward forward;
  /** Null unless transactions of this user do not keep its statements: transaction_persistent=0. */
  @Nullable ParkedServers parked;

  long capabilities;
  String schema = "";
  SessionVariables variables = SessionVariables.NONE;
  SessionVariables initialVariables = SessionVariables.NONE;
  /** As the server at hand has reported it. */
  int status = ServerStatus.AUTOCOMMIT;
  long lastInsertId;
  long affectedRows;

  SessionStanding(Pins pins) {
    this.pins = pins;
  }

  // --- who it is and what was agreed on ---

  /** The user; before login there is none to ask for. */
  MysqlUser user() {
    MysqlUser u = user;
    if (u == null) {
      throw new IllegalStateException("not logged in");
    }
    return u;
  }

  @Nullable
  MysqlUser userOrNull() {
    return user;
  }

  boolean belongsTo(MysqlUser whom) {
    return user == whom;
  }

  /** Where statements go about which no rule says anything. */
  abstract int defaultHostgroup();

  long capabilities() {
    return capabilities;
  }

  /** The client has agreed on something else than at its login. */
  void capabilities(long now) {
    capabilities = now;
  }

  /** What the connection to a server has to be able to do: what its client can, as far as it shows on the wire. */
  long wire() {
    return capabilities & MysqlServerLogin.SHARED;
  }

  // --- where it stands ---

  String schema() {
    return schema;
  }

  SessionVariables initialVariables() {
    return initialVariables;
  }

  SessionVariables variables() {
    return variables;
  }

  void variables(SessionVariables now) {
    variables = now;
  }

  long lastInsertId() {
    return lastInsertId;
  }

  long affectedRows() {
    return affectedRows;
  }

  /** What ROW_COUNT() is from now on. */
  void affected(long rows) {
    affectedRows = rows;
  }

  /** Flags as the client is to see them: in a transaction when one is open anywhere. */
  int status() {
    return (status & ~OF_STATEMENT) | statusElsewhere();
  }

  // --- its servers ---

  @Nullable
  MysqlServer server() {
    return server;
  }

  Pins pins() {
    return pins;
  }

  int statusAtHand() {
    return status;
  }

  boolean hasTransactionAtHand() {
    return server != null && ServerStatus.has(status, ServerStatus.IN_TRANSACTION);
  }

  @Nullable
  ParkedServers parked() {
    return parked;
  }

  /** Whether a transaction is open on a server that is not at hand. */
  boolean transactionsElsewhere() {
    return parked != null && parked.inTransaction();
  }

  /** Flags that answers have to show besides those of the server that gives them. */
  int statusElsewhere() {
    return transactionsElsewhere() ? ServerStatus.IN_TRANSACTION : 0;
  }

  @Nullable
  FastForward forward() {
    return forward;
  }

  /** What the client sends is relayed from its next command on; null ends that. */
  void forward(@Nullable FastForward by) {
    FastForward before = forward;
    forward = by;
    if (before != null) {
      before.end();
    }
  }
}
