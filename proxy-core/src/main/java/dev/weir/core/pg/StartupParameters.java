package dev.weir.core.pg;

import dev.weir.core.config.Config;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.config.PoolSettings;
import dev.weir.core.config.SessionState;
import dev.weir.core.error.Refusal;
import dev.weir.core.pg.Identity.Replication;
import dev.weir.core.sql.pg.Settings;
import dev.weir.pg.codec.StartupOptions;
import dev.weir.pg.message.MalformedMessageException;
import dev.weir.pg.message.NegotiateProtocolVersion;
import dev.weir.pg.message.StartupMessage;
import dev.weir.pg.message.WireText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a client's StartupMessage says: who it is, which parameters its session has, which protocol it speaks. Confined
 * to the client's worker.
 */
final class StartupParameters {
  private static final int MAX_USER = 127;
  private static final int MAX_DATABASE = 63;
  private static final int NEWEST_MINOR = 2;

  private final PgRuntime runtime;
  private final PgSession session;
  private final ClientLogin login;
  private SequencedMap<String, String> given = new LinkedHashMap<>();
  /** Neither tracked nor to be ignored, and what their client is told if they cannot be had. */
  private final SequencedMap<String, String> others = new LinkedHashMap<>();
  private final SequencedMap<String, Refusal> why = new LinkedHashMap<>();
  private boolean longKey;

  StartupParameters(PgRuntime runtime, PgSession session, ClientLogin login) {
    this.runtime = runtime;
    this.session = session;
    this.login = login;
  }

  /** Who the client wants to be; null when it was refused. */
  @Nullable
  Identity read(StartupMessage message) {
    String user = "";
    String name = "";
    Replication replication = Replication.NONE;
    List<String> unknownProtocolOptions = new ArrayList<>();
    for (Map.Entry<String, String> e : message.parameters().entrySet()) {
      String key = e.getKey();
      String value = e.getValue();
      switch (key) {
        case "user" -> user = value;
        case "database" -> name = value;
        case "replication" -> replication = replicationOf(value);
        case "options" -> {
          if (!readOptions(value)) {
            return null;
          }
        }
        default -> {
          if (key.startsWith("_pq_.")) {
            unknownProtocolOptions.add(key);
          } else if (!accept(key, value)) {
            others.put(key, value);
            why.putIfAbsent(key, Refusal.unsupportedStartupParameter(key));
          }
        }
      }
    }
    if (user.isEmpty()) {
      session.refuse(Refusal.NO_USERNAME);
      return null;
    }
    if (bytes(user) > MAX_USER) {
      session.refuse(Refusal.USERNAME_TOO_LONG);
      return null;
    }
    if (name.isEmpty()) {
      name = user;
    }
    if (bytes(name) > MAX_DATABASE) {
      session.refuse(
          Refusal.noSuchDatabase(name.substring(0, Math.min(name.length(), MAX_DATABASE))));
      return null;
    }
    if (!carries(name, user, replication)) {
      for (Refusal unsupported : why.values()) {
        refuseAs(user, name, unsupported);
        return null;
      }
    }
    others.forEach(session.states()::begunWith);
    given = message.parameters();
    int minor = message.minor() == NEWEST_MINOR || message.minor() == 0
        ? message.minor()
        : message.minor() > NEWEST_MINOR ? NEWEST_MINOR : 0;
    longKey = minor >= 2;
    if (minor != message.minor() || !unknownProtocolOptions.isEmpty()) {
      login.write(NegotiateProtocolVersion.ofMinor(minor, unknownProtocolOptions));
    }
    return new Identity(user, name, replication);
  }

  private static int bytes(String name) {
    return WireText.encode(name).length;
  }

  private void refuseAs(String user, String name, Refusal why) {
    if (!user.isEmpty()) {
      session.identity(new Identity(user, name.isEmpty() ? user : name, Replication.NONE));
    }
    session.refuse(why);
  }

  private static Replication replicationOf(String value) {
    return switch (value) {
      case "database" -> Replication.LOGICAL;
      case "true", "on", "yes", "1" -> Replication.PHYSICAL;
      default -> Replication.NONE;
    };
  }

  private boolean readOptions(String options) {
    boolean lenient = ignored("options");
    SequencedMap<String, String> parsed;
    try {
      parsed = StartupOptions.parse(options);
    } catch (MalformedMessageException e) {
      if (lenient) {
        return true;
      }
      session.refuse(Refusal.no(1105, String.valueOf(e.getMessage())));
      return false;
    }
    for (Map.Entry<String, String> e : parsed.entrySet()) {
      if (!accept(e.getKey(), e.getValue()) && !lenient) {
        others.put(e.getKey(), e.getValue());
        why.putIfAbsent(e.getKey(),
            Refusal.no(1105, "unsupported startup parameter in options: " + e.getKey()));
      }
    }
    return true;
  }

  /** Takes a session parameter; false when it is neither tracked nor to be ignored. */
  private boolean accept(String key, String value) {
    int index = runtime.tracked().find(key);
    if (index >= 0) {
      session.parameters().set(index, value);
      return true;
    }
    return ignored(key);
  }

  /** Whether the session's state follows it, so that it may have parameters that no server reports. */
  private boolean carries(String name, String user, Replication replication) {
    if (replication != Replication.NONE || name.equals(PgRuntime.CONSOLE)
        || !others.keySet().stream().allMatch(key -> Settings.plain(Settings.lower(key)))) {
      return false;
    }
    Config config = runtime.config();
    DatabaseEntry entry = config.databases().get(name);
    if (entry == null) {
      entry = config.template();
    }
    return entry != null && config.sessionState(entry, user) == SessionState.TRACK;
  }

  private boolean ignored(String key) {
    return runtime.config().get(PoolSettings.IGNORE_STARTUP_PARAMETERS).contains(key);
  }

  /** Whether the client understands cancel keys of more than four bytes (protocol 3.2). */
  boolean longKey() {
    return longKey;
  }

  /** What a replication connection says to the server in place of the pool's own parameters. */
  SequencedMap<String, String> forReplication() {
    SequencedMap<String, String> onward = new LinkedHashMap<>(given);
    onward.remove("user");
    onward.remove("database");
    onward.keySet().removeIf(k -> k.startsWith("_pq_.") || (ignored(k) && !k.equals("options")));
    return onward;
  }
}
