package dev.weir.core.mysql;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A transaction as replicas know it: of MySQL {@code uuid:number}, of MariaDB {@code domain-server-number}.
 *
 * @param source the uuid without dashes, or the domain
 */
record Gtid(String source, long number) {
  private static final int UUID_DIGITS = 32;
  private static final int MAX_DOMAIN_DIGITS = 10;

  /** The last one of those that a server or an annotation names; null when that cannot be read. */
  static @Nullable Gtid of(String text) {
    String last = text.substring(text.lastIndexOf(',') + 1).strip();
    int colon = last.indexOf(':');
    if (colon >= 0) {
      String source = source(last.substring(0, colon));
      String numbers = last.substring(colon + 1);
      String range = numbers.substring(numbers.lastIndexOf(':') + 1);
      int dash = range.indexOf('-');
      long number = number(range.substring(dash + 1));
      boolean isRange = dash < 0 || number(range.substring(0, dash)) >= 1;
      return source == null || number < 1 || !isRange || hasTag(numbers)
          ? null
          : new Gtid(source, number);
    }
    String[] parts = last.split("-", -1);
    if (parts.length != 3 || !isDomain(parts[0]) || number(parts[1]) < 0) {
      return null;
    }
    long number = number(parts[2]);
    return number < 1 ? null : new Gtid(parts[0], number);
  }

  /** MySQL 8.3 can count apart by a tag; who reads binary logs does not. */
  private static boolean hasTag(String numbers) {
    for (int i = 0; i < numbers.length(); i++) {
      char c = numbers.charAt(i);
      if ((c < '0' || c > '9') && c != ':' && c != '-') {
        return true;
      }
    }
    return false;
  }

  /** As sets have it: a uuid loses its dashes, a domain stays; null for anything else. */
  static @Nullable String source(String text) {
    String stripped = text.strip();
    if (isDomain(stripped)) {
      return stripped;
    }
    String plain = stripped.replace("-", "").toLowerCase(Locale.ROOT);
    return plain.length() == UUID_DIGITS && isHex(plain) ? plain : null;
  }

  private static boolean isDomain(String text) {
    return !text.isEmpty() && text.length() <= MAX_DOMAIN_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean isHex(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /** Of digits alone; -1 for anything else. */
  static long number(String digits) {
    if (digits.isEmpty() || digits.length() > 19) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
