package dev.weir.core.mysql;

import dev.weir.core.sql.Command;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * {@code stats_mysql_commands_counters} of one worker: for each command how often, how long together, and how often
 * within each limit. Written by its worker; any thread may read.
 */
final class CommandStatistics {
  /** Upper limits of the columns {@code cnt_100us} to {@code cnt_10s}, in microseconds; above is {@code cnt_INFs}. */
  private static final long[] LIMITS = {100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000,
    1_000_000, 5_000_000, 10_000_000};
  /** Columns of a row: total time, total count, the limits, above them. */
  static final int COLUMNS = 2 + LIMITS.length + 1;

  private final AtomicLongArray cells = new AtomicLongArray(Command.values().length * COLUMNS);

  @SuppressWarnings("EnumOrdinal") // an array of counters, never stored
  void count(Command command, long micros) {
    int row = command.ordinal() * COLUMNS;
    add(row, micros);
    add(row + 1, 1);
    int column = 0;
    while (column < LIMITS.length && micros > LIMITS[column]) {
      column++;
    }
    add(row + 2 + column, 1);
  }

  private void add(int cell, long n) {
    cells.setPlain(cell, cells.getPlain(cell) + n); // one writer
  }

  @SuppressWarnings("EnumOrdinal") // as above
  long get(Command command, int column) {
    return cells.getOpaque(command.ordinal() * COLUMNS + column);
  }
}
