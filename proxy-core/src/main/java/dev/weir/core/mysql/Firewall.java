package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.FirewallRule;
import dev.weir.core.config.mysql.FirewallUser;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.control.ControlException;
import dev.weir.core.error.Refusal;
import dev.weir.core.sql.Digest;
import dev.weir.core.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code mysql_firewall_whitelist_*}: who may run which digests. A user is looked for with the address of his client, then
 * with the empty address; who is not found is protected. A digest is let through when there is a rule for the user, the
 * address he was found with, the schema and the flag at the end of the query rules. Immutable but for what it counts and
 * has logged; made anew at each LOAD. Any thread.
 */
final class Firewall {
  private static final Logger LOG = LoggerFactory.getLogger(Firewall.class);
  /** Digests that are logged until the next LOAD; the others are counted. */
  private static final int MOST_LOGGED = 10_000;
  private static final long MAP_ENTRY = 80;
  private static final long PER_CHARACTER = 2;

  /** How strictly a user is looked at. */
  enum Mode {
    OFF, DETECTING, PROTECTING
  }

  private record Who(String user, String address) {}

  private record Known(String user, String address, String schema, int flag, long digest) {}

  private final boolean enabled;
  private final Refusal refusal;
  private final Map<Who, Mode> users;
  private final Set<Known> rules;
  private final long userBytes;
  private final long ruleBytes;
  private final Set<Known> logged = ConcurrentHashMap.newKeySet();
  private final LongAdder blocked;
  private final LongAdder detected;

  private Firewall(boolean enabled, String message, Map<Who, Mode> users, Set<Known> rules,
      MysqlCounters counters) {
    this.enabled = enabled;
    this.refusal = new Refusal("42000", 1148, message);
    this.users = users;
    this.rules = rules;
    this.blocked = counters.firewallBlocked;
    this.detected = counters.firewallDetected;
    long sum = 0;
    for (Who who : users.keySet()) {
      sum += PER_CHARACTER * (who.user.length() + who.address.length());
    }
    this.userBytes = sum;
    sum = 0;
    for (Known rule : rules) {
      sum += PER_CHARACTER * (rule.user.length() + rule.address.length() + rule.schema.length());
    }
    this.ruleBytes = sum;
  }

  /**
   * From the tables' active rows.
   *
   * @throws ControlException for a mode that there is not, and a digest that is none
   */
  static Firewall of(MysqlConfig config, MysqlCounters counters) {
    Map<Who, Mode> users = new HashMap<>();
    for (FirewallUser row : config.rows(ConfigTables.FIREWALL_USERS)) {
      if (row.active()) {
        users.put(new Who(row.username(), row.clientAddress()), mode(row));
      }
    }
    Set<Known> rules = new HashSet<>();
    for (FirewallRule row : config.rows(ConfigTables.FIREWALL_RULES)) {
      if (row.active()) {
        rules.add(new Known(row.username(), row.clientAddress(), row.schemaname(), row.flagIN(),
            digest(row)));
      }
    }
    return new Firewall(config.variables().flag("mysql-firewall_whitelist_enabled"),
        config.variables().text("mysql-firewall_whitelist_errormsg"), users, rules, counters);
  }

  private static Mode mode(FirewallUser row) {
    try {
      return Mode.valueOf(row.mode().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ControlException("28000", "mysql_firewall_whitelist_users " + row.username() + "@"
          + row.clientAddress() + ": mode is OFF, DETECTING or PROTECTING, not " + row.mode());
    }
  }

  private static long digest(FirewallRule row) {
    try {
      return Digest.parseHex(row.digest());
    } catch (NumberFormatException e) {
      throw new ControlException("28000", "mysql_firewall_whitelist_rules " + row.username() + "@"
          + row.clientAddress() + ": digest must be a hexadecimal number of 16 digits, not "
          + row.digest());
    }
  }

  /** Whether anybody is looked at. */
  boolean enabled() {
    return enabled;
  }

  /**
   * What the client is told instead of an answer; null when the statement may run. Counts, and logs each digest once.
   *
   * @param flag at the end of the query rules
   */
  @Nullable
  Refusal refuses(String user, String clientAddress, String schema, int flag,
      Statement statement) {
    String address = clientAddress;
    Mode mode = users.get(new Who(user, address));
    if (mode == null) {
      address = "";
      mode = users.getOrDefault(new Who(user, address), Mode.PROTECTING);
    }
    if (mode == Mode.OFF) {
      return null;
    }
    Digest digest = statement.digest(); // null while digests are switched off: then nothing is known
    Known asked = new Known(user, address, schema, flag, digest == null ? 0 : digest.hash());
    if (digest != null && rules.contains(asked)) {
      return null;
    }
    (mode == Mode.PROTECTING ? blocked : detected).increment();
    log(mode, clientAddress, asked, digest);
    return mode == Mode.PROTECTING ? refusal : null;
  }

  private void log(Mode mode, String clientAddress, Known asked, @Nullable Digest digest) {
    if (logged.size() < MOST_LOGGED && logged.add(asked)) {
      LOG.warn("Firewall {} query with digest {} from user {}@{}, schema {}, flagIN {}",
          mode == Mode.PROTECTING ? "blocked" : "detected unknown",
          digest == null ? "unknown" : digest.hex(), asked.user, clientAddress, asked.schema,
          asked.flag);
    }
  }

  // --- stats_memory_metrics ---

  /** Bytes of the table that users are looked up in. */
  long userTableBytes() {
    return MAP_ENTRY * users.size();
  }

  /** Bytes of what the users' rows say. */
  long userConfigBytes() {
    return userBytes;
  }

  long ruleTableBytes() {
    return MAP_ENTRY * rules.size();
  }

  long ruleConfigBytes() {
    return ruleBytes;
  }
}
