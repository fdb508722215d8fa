package dev.weir.admin.proxysql;

import dev.weir.core.config.mysql.MysqlModule;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code LOAD x TO y} and {@code SAVE x TO y} in all their spellings. */
record ModuleCommand(MysqlModule module, Move move) {
  /** What is moved where. */
  enum Move {
    DISK_TO_MEMORY, MEMORY_TO_DISK, MEMORY_TO_RUNTIME, RUNTIME_TO_MEMORY, FILE_TO_MEMORY
  }

  /** The command that a statement is, its blanks being single; null when it is none. */
  static @Nullable ModuleCommand of(String normal) {
    String text = normal.toUpperCase(Locale.ROOT);
    boolean load = text.startsWith("LOAD ");
    if (!load && !text.startsWith("SAVE ")) {
      return null;
    }
    for (MysqlModule module : MysqlModule.values()) {
      String rest = text.substring(5);
      if (rest.startsWith(module.words() + " ")) {
        Move move = move(load, rest.substring(module.words().length() + 1));
        return move == null ? null : new ModuleCommand(module, move);
      }
    }
    return null;
  }

  private static @Nullable Move move(boolean load, String place) {
    return switch (place) {
      case "TO MEMORY", "TO MEM" -> load ? Move.DISK_TO_MEMORY : Move.RUNTIME_TO_MEMORY;
      case "FROM DISK" -> load ? Move.DISK_TO_MEMORY : null;
      case "FROM MEMORY", "FROM MEM" -> load ? Move.MEMORY_TO_RUNTIME : Move.MEMORY_TO_DISK;
      case "TO DISK" -> load ? null : Move.MEMORY_TO_DISK;
      case "TO RUNTIME", "TO RUN" -> load ? Move.MEMORY_TO_RUNTIME : null;
      case "FROM RUNTIME", "FROM RUN" -> load ? null : Move.RUNTIME_TO_MEMORY;
      case "FROM CONFIG" -> load ? Move.FILE_TO_MEMORY : null;
      default -> null;
    };
  }
}
