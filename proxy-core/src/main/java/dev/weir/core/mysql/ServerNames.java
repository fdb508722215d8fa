package dev.weir.core.mysql;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a server of some version calls what was renamed: {@code tx_isolation} and {@code tx_read_only} became {@code
 * transaction_…} in MySQL 5.7.20 and in MariaDB 11.1.
 */
final class ServerNames {
  private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})");
  /** MariaDB once put it before its version, because replicas of its time could not read a two-digit one. */
  private static final String OLD_PREFIX = "5.5.5-";
  private static final int FIRST_OF_MARIADB_ONLY = 10;

  private ServerNames() {}

  static boolean isMariaDb(String greeted) {
    String version = plain(greeted);
    Matcher numbers = VERSION.matcher(version);
    return version.toLowerCase(Locale.ROOT).contains("mariadb")
        || (numbers.lookingAt() && Integer.parseInt(numbers.group(1)) >= FIRST_OF_MARIADB_ONLY);
  }

  private static String plain(String greeted) {
    return greeted.startsWith(OLD_PREFIX) ? greeted.substring(OLD_PREFIX.length()) : greeted;
  }

  /** @param greeted the version in the server's greeting; one that cannot be read counts as new */
  static boolean areOld(String greeted) {
    Matcher numbers = VERSION.matcher(plain(greeted));
    if (!numbers.lookingAt()) {
      return false;
    }
    int major = Integer.parseInt(numbers.group(1));
    int minor = Integer.parseInt(numbers.group(2));
    int patch = Integer.parseInt(numbers.group(3));
    return isMariaDb(greeted)
        ? major < 11 || (major == 11 && minor < 1)
        : major < 5 || (major == 5 && (minor < 7 || (minor == 7 && patch < 20)));
  }
}
