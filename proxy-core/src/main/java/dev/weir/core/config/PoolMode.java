package dev.weir.core.config;

/** When a server goes back to its pool. */
public enum PoolMode implements Spelled {
  /** When the client leaves. */
  SESSION("session"),
  /** After each transaction. */
  TRANSACTION("transaction"),
  /** After each statement; transaction blocks are refused. */
  STATEMENT("statement");

  private final String spelling;

  PoolMode(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
