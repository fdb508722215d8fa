package dev.weir.core.config;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the lines of {@code [databases]}, {@code [users]} and {@code [peers]}. */
final class EntryReader {
  static final int MAX_DATABASE_NAME = 63;
  static final int MAX_USER_NAME = 127;
  static final int MAX_PASSWORD = 65530;
  static final int MAX_PEER_ID = 65535;
  static final String CONSOLE = "pgbouncer";

  private static final Set<String> DATABASE_KEYS = EntryKeys.names(EntryKeys.DATABASES);
  private static final Set<String> USER_KEYS = EntryKeys.names(EntryKeys.USERS);
  private static final Set<String> PEER_KEYS = EntryKeys.names(EntryKeys.PEERS);

  private final Map<String, String> values;

  private EntryReader(Map<String, String> values) {
    this.values = values;
  }

  static DatabaseEntry database(String name, String text) throws BadValueException {
    if (name.equals(CONSOLE)) {
      throw BadValueException.original("database name \"" + CONSOLE + "\" is reserved");
    }
    checkLength("database name", name, MAX_DATABASE_NAME);
    EntryReader in = of(text, DATABASE_KEYS, "unrecognized connection parameter: ");
    in.checkLengths();
    Integer reserve = in.count("reserve_pool_size");
    return new DatabaseEntry(name, in.text("dbname"), in.hosts(),
        in.port(DatabaseEntry.DEFAULT_PORT),
        in.text("user"), in.text("password"), in.text("auth_user"), in.text("auth_dbname"),
        in.text("auth_query"),
        in.text("client_encoding"), in.text("datestyle"), in.text("timezone"),
        in.text("application_name"),
        in.count("pool_size"), in.count("min_pool_size"), reserve, in.limit("max_db_connections"),
        in.limit("max_db_client_connections"), in.timeAboveZero("server_lifetime"),
        in.time("query_wait_timeout"),
        in.poolMode(), in.loadBalanceHosts(), in.text("connect_query"), in.sessionState());
  }

  static UserEntry user(String name, String text) throws BadValueException {
    checkLength("user name", name, MAX_USER_NAME);
    EntryReader in = of(text, USER_KEYS, "unrecognized user parameter: ");
    return new UserEntry(name, in.poolMode(), in.count("pool_size"), in.count("reserve_pool_size"),
        in.limit("max_user_connections"), in.timeAboveZero("transaction_timeout"),
        in.timeAboveZero("idle_transaction_timeout"), in.timeAboveZero("query_timeout"),
        in.time("query_wait_timeout"), in.timeAboveZero("client_idle_timeout"),
        in.limit("max_user_client_connections"), in.sessionState());
  }

  static PeerEntry peer(String name, String text) throws BadValueException {
    long id;
    try {
      id = ValueTypes.within(CNumbers.integer(name), 1, MAX_PEER_ID);
    } catch (BadValueException e) {
      throw new BadValueException("peer id " + e.getMessage() + "; allowed: 1 to " + MAX_PEER_ID);
    }
    EntryReader in = of(text, PEER_KEYS, "unrecognized connection parameter: ");
    String host = in.text("host");
    if (host == null) {
      throw new BadValueException("a peer needs a host");
    }
    return new PeerEntry((int) id, host, in.port(PeerEntry.DEFAULT_PORT), in.count("pool_size"));
  }

  static void checkLength(String what, String text, int bytes) throws BadValueException {
    if (text.length() > bytes || text.getBytes(StandardCharsets.UTF_8).length > bytes) {
      throw new BadValueException(what + " is longer than " + bytes + " bytes");
    }
  }

  static EntryReader of(String text, Set<String> keys, String unknown)
      throws BadValueException {
    Map<String, String> values = new HashMap<>();
    for (ConnectionString.Pair pair : ConnectionString.parse(text)) {
      if (!keys.contains(pair.key())) {
        throw BadValueException.original(unknown + Setting.abbreviated(pair.key()));
      }
      // one thing with two names: whichever stands last in the line wins
      values.put(pair.key().equals("reserve_pool") ? "reserve_pool_size" : pair.key(),
          pair.value());
    }
    return new EntryReader(values);
  }

  private void checkLengths() throws BadValueException {
    for (String key : List.of("dbname", "auth_dbname")) {
      checkLength(key, values.getOrDefault(key, ""), MAX_DATABASE_NAME);
    }
    for (String key : List.of("user", "auth_user")) {
      checkLength(key, values.getOrDefault(key, ""), MAX_USER_NAME);
    }
    checkLength("password", values.getOrDefault("password", ""), MAX_PASSWORD);
  }

  void checkLength(String key, int bytes) throws BadValueException {
    checkLength(key, values.getOrDefault(key, ""), bytes);
  }

  List<String> hosts() throws BadValueException {
    String host = text("host");
    if (host == null) {
      return List.of();
    }
    List<String> hosts = Arrays.asList(host.split(",", -1));
    if (hosts.contains("")) {
      throw new BadValueException(
          "invalid host: " + Setting.abbreviated(host) + " has an empty name in it");
    }
    return hosts;
  }

  @Nullable
  String text(String key) {
    return values.get(key);
  }

  int port(int absent) throws BadValueException {
    String text = values.get("port");
    if (text == null) {
      return absent;
    }
    try {
      return (int) ValueTypes.within(decimal(text), 1, 65535);
    } catch (BadValueException e) {
      throw BadValueException.original("invalid port: " + Setting.abbreviated(text));
    }
  }

  /** A number of things; -1 is the same as leaving the key out. */
  @Nullable
  Integer count(String key) throws BadValueException {
    String text = values.get(key);
    if (text == null) {
      return null;
    }
    try {
      int count = (int) ValueTypes.within(decimal(text), -1, Integer.MAX_VALUE);
      return count < 0 ? null : count;
    } catch (BadValueException e) {
      throw new BadValueException(key + " \"" + Setting.abbreviated(text) + "\" " + e.getMessage()
          + "; allowed: a whole number, -1 (inherit) to " + Integer.MAX_VALUE);
    }
  }

  /** A number of things where 0 too means to inherit. */
  @Nullable
  Integer limit(String key) throws BadValueException {
    Integer count = count(key);
    return count == null || count == 0 ? null : count;
  }

  @Nullable
  Duration time(String key) throws BadValueException {
    Integer seconds = count(key);
    return seconds == null ? null : Duration.ofSeconds(seconds);
  }

  @Nullable
  Duration timeAboveZero(String key) throws BadValueException {
    Integer seconds = limit(key);
    return seconds == null ? null : Duration.ofSeconds(seconds);
  }

  @Nullable
  PoolMode poolMode() throws BadValueException {
    String text = values.get("pool_mode");
    return text == null ? null : word(PoolMode.class, text, "invalid pool mode: ");
  }

  private @Nullable SessionState sessionState() throws BadValueException {
    String text = values.get("session_state");
    return text == null ? null : word(SessionState.class, text, "invalid session_state: ");
  }

  private LoadBalanceHosts loadBalanceHosts() throws BadValueException {
    String text = values.get("load_balance_hosts");
    return text == null
        ? LoadBalanceHosts.ROUND_ROBIN
        : word(LoadBalanceHosts.class, text, "invalid load_balance_hosts: ");
  }

  private static <E extends Enum<E> & Spelled> E word(Class<E> type, String text, String complaint)
      throws BadValueException {
    E found = ValueTypes.find(type, text);
    if (found == null) {
      throw BadValueException.original(complaint + Setting.abbreviated(text));
    }
    return found;
  }

  /** One of an enumeration's words. */
  <E extends Enum<E> & Spelled> E word(String key, Class<E> type, E absent)
      throws BadValueException {
    String text = values.get(key);
    if (text == null) {
      return absent;
    }
    E found = ValueTypes.find(type, text);
    if (found == null) {
      throw new BadValueException(key + " \"" + Setting.abbreviated(text)
          + "\" is not known; allowed: " + new ValueTypes.OneOf<>(type).describe());
    }
    return found;
  }

  /** on or off, which is what leaving it out is. */
  boolean flag(String key) throws BadValueException {
    String text = values.getOrDefault(key, "off");
    return switch (text) {
      case "on", "1" -> true;
      case "off", "0" -> false;
      default -> throw new BadValueException(
          key + " \"" + Setting.abbreviated(text) + "\" is not a switch; allowed: on, off, 1, 0");
    };
  }

  int whole(String key, int min, int max, int absent) throws BadValueException {
    String text = values.get(key);
    if (text == null) {
      return absent;
    }
    try {
      return (int) ValueTypes.within(decimal(text), min, max);
    } catch (BadValueException e) {
      throw new BadValueException(key + " \"" + Setting.abbreviated(text) + "\" " + e.getMessage()
          + "; allowed: a whole number, " + min + " to " + max);
    }
  }

  /** Numbers inside entries are decimal: a leading 0 means nothing. */
  private static long decimal(String text) throws BadValueException {
    if (!text.matches("[+-]?[0-9]{1,18}")) {
      throw new BadValueException("is not a whole number");
    }
    return Long.parseLong(text);
  }
}
