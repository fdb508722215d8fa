package dev.weir.core.pg;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which session parameters are kept for each client and applied to the server it gets: each gets a number. Any parameter
 * that a server reports and that a session can set joins at run time. Names compare without case. Thread-safe; only
 * grows, up to {@link #LIMIT}.
 */
final class TrackedParameters {
  /** Servers are not trusted to invent names without end. */
  static final int LIMIT = 64;

  /** Reported, but no session can set them: they are passed on at login as they are. */
  private static final Set<String> FIXED = Set.of("server_version", "server_encoding",
      "integer_datetimes",
      "is_superuser", "session_authorization", "in_hot_standby");

  private final Map<String, Integer> byName = new ConcurrentHashMap<>();
  private volatile String[] names = {};

  TrackedParameters(Iterable<String> extra) {
    for (String name : new String[]{"DateStyle", "client_encoding", "TimeZone",
      "standard_conforming_strings",
      "application_name"}) {
      track(name);
    }
    extra.forEach(this::track);
  }

  /** The number of a parameter, or -1 when it is not tracked. */
  int find(String name) {
    Integer index = byName.get(name.toLowerCase(Locale.ROOT));
    return index == null ? -1 : index;
  }

  /** The number of a parameter, given to it now if need be; -1 when it is fixed or there is no room. */
  synchronized int track(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    Integer known = byName.get(key);
    if (known != null) {
      return known;
    }
    if (FIXED.contains(key) || names.length == LIMIT || key.isBlank()) {
      return -1;
    }
    String[] longer = Arrays.copyOf(names, names.length + 1);
    longer[names.length] = name;
    names = longer;
    byName.put(key, longer.length - 1);
    return longer.length - 1;
  }

  int count() {
    return names.length;
  }

  String name(int index) {
    return names[index];
  }
}
