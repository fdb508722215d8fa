package dev.weir.core.mysql;

import dev.weir.core.sql.Statement;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A client's prepared statement: outlives the server it was prepared on. Confined to the session's worker.
 */
final class ClientStatement {
  private final int id;
  private final Statement statement;
  private int parameters = -1;
  private byte @Nullable [] types;

  ClientStatement(int id, Statement statement) {
    this.id = id;
    this.statement = statement;
  }

  /** The id that the client knows. */
  int id() {
    return id;
  }

  Statement statement() {
    return statement;
  }

  /** How many parameters; -1 before the server has said so. */
  int parameters() {
    return parameters;
  }

  void parameters(int count) {
    parameters = count;
  }

  /** Types of the parameters as the client sent them last; null before its first execution. */
  byte @Nullable [] types() {
    byte[] known = types;
    return known == null ? null : known.clone();
  }

  void types(byte[] sent) {
    types = sent;
  }

  boolean sameTypes(byte @Nullable [] others) {
    return Arrays.equals(types, others);
  }
}
