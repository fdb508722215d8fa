package dev.weir.core.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code init_connect} has set on a server connection. A session that says nothing about such a variable has it as
 * it is there, and does not take it along to a server that was not told so. Where {@code init_connect} sets nothing that
 * is reported, as usual, nothing is compared and nothing allocated. Confined to the connection's worker.
 */
final class SessionBasis {
  private SessionVariables initial = SessionVariables.NONE;
  private @Nullable SessionVariables own;
  private SessionVariables merged = SessionVariables.NONE;
  private SessionVariables mergedOf = SessionVariables.NONE;

  /** The connection is as after a login. */
  void begin(SessionVariables now) {
    initial = now;
    own = null;
  }

  /** And now as sessions get it. */
  void end(SessionVariables now) {
    if (now.equals(initial)) {
      return;
    }
    own = now;
    merged = now;
    mergedOf = SessionVariables.NONE;
  }

  /** What the connection has to have for a session of these variables. */
  @SuppressWarnings("ReferenceEquality") // whether it is the object of the last call: a guess that may be wrong
  SessionVariables under(SessionVariables session) {
    SessionVariables mine = own;
    if (mine == null) {
      return session;
    }
    if (session != mergedOf) {
      merged = session.over(mine);
      mergedOf = session;
    }
    return merged;
  }

  /**
   * What of the connection's variables is the session's.
   *
   * @param now what the connection has
   * @param before what the session had
   * @param said names that the session has just set
   */
  SessionVariables of(SessionVariables now, SessionVariables before, List<String> said) {
    SessionVariables mine = own;
    if (mine == null) {
      return now;
    }
    SessionVariables left = now;
    for (var entry : mine.all().entrySet()) {
      String name = entry.getKey();
      if (entry.getValue().equals(now.get(name)) && before.get(name) == null
          && !said.contains(name)) {
        left = left.without(name);
      }
    }
    return left;
  }
}
