package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.HostgroupAttributes;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.control.ControlException;
import dev.weir.core.route.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The JSON columns of {@code mysql_hostgroup_attributes}. */
final class HostgroupJson {
  private record Range(long min, long max) {}

  private static final String LAG_WHEN_NULL = "monitor_slave_lag_when_null";
  private static final String HANDLE_WARNINGS = "handle_warnings";
  private static final Map<String, Range> SETTINGS = Map.of(HANDLE_WARNINGS, new Range(0, 1),
      LAG_WHEN_NULL, new Range(0, 604_800));
  private static final Map<String, Range> DEFAULTS = Map.of("weight", new Range(0, 10_000_000),
      "max_connections", new Range(0, Integer.MAX_VALUE), "use_ssl", new Range(0, 1));

  private HostgroupJson() {}

  /** @throws ControlException for a value that is none of its column; the message names row and column */
  static void check(MysqlConfig config) {
    for (HostgroupAttributes row : config.rows(ConfigTables.HOSTGROUP_ATTRIBUTES)) {
      String ignored = row.ignoreSessionVariables();
      if (!ignored.isEmpty()
          && !(read(row, "ignore_session_variables", ignored) instanceof List<?> names
              && names.stream().allMatch(String.class::isInstance))) {
        throw wrong(row, "ignore_session_variables", "it is not a list of names");
      }
      numbers(row, "hostgroup_settings", row.hostgroupSettings(), SETTINGS);
      numbers(row, "servers_defaults", row.serversDefaults(), DEFAULTS);
    }
  }

  /** Seconds of lag assumed of replicas whose replication does not run, for hostgroups that have a number of their own. */
  static Map<Integer, Integer> lagWhenNull(MysqlConfig config) {
    Map<Integer, Integer> seconds = new HashMap<>();
    for (HostgroupAttributes row : config.rows(ConfigTables.HOSTGROUP_ATTRIBUTES)) {
      Long own = numbers(row, "hostgroup_settings", row.hostgroupSettings(), SETTINGS)
          .get(LAG_WHEN_NULL);
      if (own != null) {
        seconds.put(row.hostgroupId(), own.intValue());
      }
    }
    return Map.copyOf(seconds);
  }

  /** What a row asks for and does not get. */
  static void withoutEffect(HostgroupAttributes row, List<String> lines) {
    String at = "mysql_hostgroup_attributes " + row.hostgroupId() + ": ";
    if (row.autocommit() != -1) {
      lines.add(at + "autocommit (ProxySQL does nothing with it either)");
    }
    if (!row.ignoreSessionVariables().isEmpty()) {
      lines.add(at + "ignore_session_variables (ProxySQL does nothing with it either)");
    }
    Map<String, Long> settings = numbers(row, "hostgroup_settings", row.hostgroupSettings(),
        SETTINGS);
    if (settings.getOrDefault(HANDLE_WARNINGS, 1L) == 0) {
      lines.add(at + "handle_warnings=0 (a session with warnings to be read always keeps its "
          + "server until its next statement)");
    }
    settings.keySet().stream().filter(name -> !SETTINGS.containsKey(name))
        .forEach(name -> lines.add(at + "hostgroup_settings." + name + " (not known here)"));
    if (!row.serversDefaults().isEmpty()) {
      lines.add(at + "servers_defaults (no server is discovered here)");
    }
  }

  /** Members of an object; those that nobody knows are there without a value of theirs, 0. */
  private static Map<String, Long> numbers(HostgroupAttributes row, String column, String json,
      Map<String, Range> known) {
    Map<String, Long> found = new TreeMap<>();
    if (json.isEmpty()) {
      return found;
    }
    if (!(read(row, column, json) instanceof Map<?, ?> members)) {
      throw wrong(row, column, "it is not an object");
    }
    members.forEach((key, value) -> {
      String name = String.valueOf(key);
      Range range = known.get(name);
      if (range == null) {
        found.put(name, 0L);
      } else if (value instanceof Double number && number == Math.rint(number)
          && number >= range.min && number <= range.max) {
        found.put(name, number.longValue());
      } else {
        throw wrong(row, column,
            name + " is not a whole number, " + range.min + " to " + range.max);
      }
    });
    return found;
  }

  private static Object read(HostgroupAttributes row, String column, String json) {
    try {
      Object value = Json.read(json);
      return value == null ? "null" : value;
    } catch (IllegalArgumentException e) {
      throw wrong(row, column, String.valueOf(e.getMessage()));
    }
  }

  private static ControlException wrong(HostgroupAttributes row, String column, String why) {
    return new ControlException("28000", "mysql_hostgroup_attributes " + row.hostgroupId() + ": "
        + column + ": " + why);
  }
}
