package dev.weir.core.mysql.probe;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which of the two families a server is of, and how old: it decides where its status is to be read. */
record ServerVersion(boolean mariaDb, int major, int minor, int patch) {
  private static final Pattern NUMBERS = Pattern
      .compile("(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?");
  /** MariaDB once put it before its version, because replicas of its time could not read a two-digit one. */
  private static final String OLD_PREFIX = "5.5.5-";
  /** MySQL has not come so far; a MariaDB whose version was renamed has. */
  private static final int FIRST_OF_MARIADB_ONLY = 10;

  static ServerVersion of(String text) {
    String version = text.startsWith(OLD_PREFIX) ? text.substring(OLD_PREFIX.length()) : text;
    Matcher numbers = NUMBERS.matcher(version);
    if (!numbers.lookingAt()) {
      return new ServerVersion(false, 0, 0, 0);
    }
    int major = Integer.parseInt(numbers.group(1));
    boolean mariaDb = version.toLowerCase(Locale.ROOT).contains("mariadb")
        || major >= FIRST_OF_MARIADB_ONLY;
    String patch = numbers.group(3);
    return new ServerVersion(mariaDb, major, Integer.parseInt(numbers.group(2)),
        patch == null ? 0 : Integer.parseInt(patch));
  }

  /** Status and variables are in performance_schema and no longer in information_schema. */
  boolean hasStatusInPerformanceSchema() {
    return !mariaDb && isAtLeast(5, 7, 0);
  }

  boolean saysReplica() {
    return !mariaDb && isAtLeast(8, 0, 22);
  }

  boolean hasGroupMembersQueue() {
    return !mariaDb && isAtLeast(8, 0, 0);
  }

  private boolean isAtLeast(int wantedMajor, int wantedMinor, int wantedPatch) {
    if (major != wantedMajor) {
      return major > wantedMajor;
    }
    return minor != wantedMinor ? minor > wantedMinor : patch >= wantedPatch;
  }
}
