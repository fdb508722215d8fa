package dev.weir.admin.sqlite;

/**
 * Bounds of statements at the admin port.
 *
 * @param statementMillis longest time of a statement
 * @param resultChars longest result
 * @param statementBytes longest statement, and longest value
 * @param heapBytes most memory of all SQLite databases of the process
 */
public record StoreLimits(long statementMillis, long resultChars, int statementBytes,
    long heapBytes) {
  public static final StoreLimits DEFAULT = new StoreLimits(30_000, 64L * 1024 * 1024,
      16 * 1024 * 1024, 1024L * 1024 * 1024);
}
