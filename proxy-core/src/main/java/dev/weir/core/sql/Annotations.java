package dev.weir.core.sql;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Wishes in a statement's first comment: {@code /* hostgroup=5; cache_ttl=100 *}{@code /}. Keys that are not known and
 * values that are no numbers of the permitted range are passed over, as ProxySQL does: it is a comment, after all.
 *
 * @param hostgroup where to send it; -1 if nothing is said, as in all numbers here
 * @param cacheTtlMillis how long the result may be kept
 * @param timeoutMillis how long it may run
 * @param retries how often it may be tried again
 * @param delayMillis how long to wait before it runs
 * @param mirror the hostgroup that gets a copy
 * @param maxLagMillis the greatest lag of the server, to 600000
 * @param minEpochMillis the server must have seen changes up to here
 * @param minGtid the server must have executed this transaction
 * @param newConnection whether it wants a connection that nobody had before
 */
public record Annotations(int hostgroup, int cacheTtlMillis, int timeoutMillis, int retries,
    int delayMillis, int mirror, int maxLagMillis, long minEpochMillis, @Nullable String minGtid,
    boolean newConnection) {
  public static final Annotations NONE = new Annotations(-1, -1, -1, -1, -1, -1, -1, -1, null,
      false);
  private static final int MAX_COMMENT = 1023;
  private static final int MAX_LAG = 600_000;

  /** Reads the content of a comment, without its marks. */
  public static Annotations read(byte[] in, int from, int to) {
    int end = Math.min(to, from + MAX_COMMENT);
    boolean assigns = false;
    for (int i = from; i < end && !assigns; i++) {
      assigns = in[i] == '=';
    }
    if (!assigns) {
      return NONE;
    }
    Annotations result = NONE;
    String comment = new String(in, from, end - from, StandardCharsets.UTF_8);
    for (String part : comment.split(";", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        result = result.with(part.substring(0, equals).strip().toLowerCase(Locale.ROOT),
            part.substring(equals + 1).strip());
      }
    }
    return result;
  }

  /** Whether it asks for nothing. */
  public boolean isEmpty() {
    return equals(NONE);
  }

  private Annotations with(String key, String value) {
    int n = (int) number(value, Integer.MAX_VALUE);
    return switch (key) {
      case "hostgroup" -> new Annotations(n, cacheTtlMillis, timeoutMillis, retries, delayMillis,
          mirror, maxLagMillis, minEpochMillis, minGtid, newConnection);
      case "cache_ttl" -> new Annotations(hostgroup, n, timeoutMillis, retries, delayMillis, mirror,
          maxLagMillis, minEpochMillis, minGtid, newConnection);
      case "query_timeout" -> new Annotations(hostgroup, cacheTtlMillis, n, retries, delayMillis,
          mirror, maxLagMillis, minEpochMillis, minGtid, newConnection);
      case "query_retries" -> new Annotations(hostgroup, cacheTtlMillis, timeoutMillis, n,
          delayMillis, mirror, maxLagMillis, minEpochMillis, minGtid, newConnection);
      case "query_delay" -> new Annotations(hostgroup, cacheTtlMillis, timeoutMillis, retries, n,
          mirror, maxLagMillis, minEpochMillis, minGtid, newConnection);
      case "mirror" -> new Annotations(hostgroup, cacheTtlMillis, timeoutMillis, retries,
          delayMillis, n, maxLagMillis, minEpochMillis, minGtid, newConnection);
      case "max_lag_ms" -> new Annotations(hostgroup, cacheTtlMillis, timeoutMillis, retries,
          delayMillis, mirror, n > MAX_LAG ? -1 : n, minEpochMillis, minGtid, newConnection);
      case "min_epoch_ms" -> new Annotations(hostgroup, cacheTtlMillis, timeoutMillis, retries,
          delayMillis, mirror, maxLagMillis, number(value, Long.MAX_VALUE), minGtid,
          newConnection);
      case "min_gtid" -> new Annotations(hostgroup, cacheTtlMillis, timeoutMillis, retries,
          delayMillis, mirror, maxLagMillis, minEpochMillis, isGtid(value) ? value : null,
          newConnection);
      case "create_new_connection" -> new Annotations(hostgroup, cacheTtlMillis, timeoutMillis,
          retries, delayMillis, mirror, maxLagMillis, minEpochMillis, minGtid, n == 1);
      default -> this;
    };
  }

  private static boolean isGtid(String value) {
    int colon = value.indexOf(':');
    return colon > 0
        ? number(value.substring(colon + 1), Long.MAX_VALUE) >= 0
        : isOfMariaDb(value);
  }

  /** {@code domain-server-number} */
  private static boolean isOfMariaDb(String value) {
    String[] parts = value.split("-", -1);
    return parts.length == 3 && number(parts[0], Integer.MAX_VALUE * 2L + 1) >= 0
        && number(parts[1], Integer.MAX_VALUE * 2L + 1) >= 0
        && number(parts[2], Long.MAX_VALUE) >= 0;
  }

  private static long number(String value, long most) {
    if (value.isEmpty() || value.length() > 19) {
      return -1;
    }
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < '0' || value.charAt(i) > '9') {
        return -1;
      }
    }
    try {
      long number = Long.parseLong(value);
      return number > most ? -1 : number;
    } catch (NumberFormatException tooLarge) {
      return -1;
    }
  }
}
