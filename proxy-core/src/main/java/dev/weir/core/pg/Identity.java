package dev.weir.core.pg;

/** Who a client is, fixed at login. */
record Identity(String user, String database, Replication replication) {
  static final Identity NOBODY = new Identity("(nouser)", "(nodb)", Replication.NONE);

  /** Kind of replication connection. */
  enum Replication {
    NONE, LOGICAL, PHYSICAL;

    String word() {
      return switch (this) {
        case NONE -> "none";
        case LOGICAL -> "logical";
        case PHYSICAL -> "physical";
      };
    }
  }

  boolean replicates() {
    return replication != Replication.NONE;
  }
}
