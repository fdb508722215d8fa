package dev.weir.admin.proxysql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The CPU time of this process, as proc(5) tells it: fields 14 and 15 of {@code /proc/self/stat}, in clock ticks. */
final class CpuTimes {
  private static final Path STAT = Path.of("/proc/self/stat");
  /** Fields are counted from the one behind the program's name, which may hold blanks and parentheses. */
  private static final int USER = 11;
  private static final int SYSTEM = 12;

  private CpuTimes() {}

  /** Empty where the system does not tell. */
  static Map<String, Long> read() {
    try {
      return of(Files.readString(STAT));
    } catch (IOException _) {
      return Map.of();
    }
  }

  static Map<String, Long> of(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    try {
      return fields.length <= SYSTEM
          ? Map.of()
          : Map.of("tms_utime", Long.valueOf(fields[USER]), "tms_stime",
              Long.valueOf(fields[SYSTEM]));
    } catch (NumberFormatException _) {
      return Map.of();
    }
  }
}
