package dev.weir.core.mysql;

import dev.weir.core.sql.Statement;

/**
 * A statement that a session has prepared by SQL's PREPARE and that any server can be told of again. Compared by
 * identity: a name may stand for another one later. Immutable.
 *
 * @param name in lower case
 * @param sql what prepares it
 * @param text what it is
 * @param schema in which it was prepared: its unqualified names stay with that
 * @param context variables that its text is read under
 */
record TextStatement(String name, String sql, Statement text, String schema,
    SessionVariables context) {
  int chars() {
    return name.length() + sql.length();
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
