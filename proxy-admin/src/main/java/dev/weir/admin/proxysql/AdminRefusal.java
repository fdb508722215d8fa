package dev.weir.admin.proxysql;

/** A statement that cannot be carried out, with what a MySQL client is told. Carries no stack trace. */
final class AdminRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int errno;
  private final String sqlState;

  AdminRefusal(String message) {
    this(1045, "28000", message);
  }

  AdminRefusal(int errno, String sqlState, String message) {
    super(message, null, false, false);
    this.errno = errno;
    this.sqlState = sqlState;
  }

  int errno() {
    return errno;
  }

  String sqlState() {
    return sqlState;
  }
}
