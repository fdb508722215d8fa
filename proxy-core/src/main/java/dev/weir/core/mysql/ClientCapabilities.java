package dev.weir.core.mysql;

import dev.weir.mysql.packet.Capabilities;
import org.jspecify.annotations.Nullable;

/** What clients are offered in the greeting. */
final class ClientCapabilities {
  private static final long ALWAYS = Capabilities.MYSQL | Capabilities.FOUND_ROWS
      | Capabilities.LONG_FLAG | Capabilities.CONNECT_WITH_DB | Capabilities.NO_SCHEMA
      | Capabilities.ODBC | Capabilities.LOCAL_FILES | Capabilities.IGNORE_SPACE
      | Capabilities.PROTOCOL_41 | Capabilities.INTERACTIVE | Capabilities.IGNORE_SIGPIPE
      | Capabilities.TRANSACTIONS | Capabilities.RESERVED | Capabilities.SECURE_CONNECTION
      | Capabilities.MULTI_STATEMENTS | Capabilities.MULTI_RESULTS | Capabilities.PS_MULTI_RESULTS
      | Capabilities.PLUGIN_AUTH | Capabilities.CONNECT_ATTRS | Capabilities.PLUGIN_AUTH_LENENC
      | Capabilities.CAN_HANDLE_EXPIRED_PASSWORDS | Capabilities.SESSION_TRACK
      | Capabilities.DEPRECATE_EOF;

  /** Needs servers that can do it, and shows in what they send: connections of clients that differ are kept apart. */
  static final long FORMS = Capabilities.QUERY_ATTRIBUTES
      | Capabilities.MARIADB_EXTENDED_METADATA;
  /** What hangs on servers. MARIADB_CACHE_METADATA does not go: which definitions a client has, no server of a pool knows. */
  static final long OF_SERVERS = FORMS | Capabilities.MARIADB_PROGRESS
      | Capabilities.MARIADB_BULK_OPERATIONS | Capabilities.MARIADB_BULK_UNIT_RESULTS;

  private ClientCapabilities() {}

  /** Of a client that connects now; TLS besides. */
  static long offered(MysqlRuntime runtime, boolean ofServers) {
    long own = ALWAYS | CompressionStage.offered(runtime.settings().haveCompress());
    long all = ofServers ? own | common(runtime) : own;
    // MariaDB's own bits are looked at where this one is missing
    return (all & ~Capabilities.BASE) == 0 ? all : all & ~Capabilities.MYSQL;
  }

  /**
   * What all servers can do. Which of them a client will need nobody knows yet, so as long as one that may be used has not
   * been logged in to, it is nothing.
   */
  private static long common(MysqlRuntime runtime) {
    long common = OF_SERVERS;
    boolean any = false;
    for (Hostgroup hostgroup : runtime.hostgroups()) {
      for (Target target : hostgroup.targets()) {
        long known = target.capabilities();
        if (known != Target.UNKNOWN) {
          common &= known;
          any = true;
        } else if (target.usable()) {
          return 0;
        }
      }
    }
    return any ? common : 0;
  }

  /** What a client counts on that a server cannot do, as text; null when it can do all. */
  static @Nullable String missing(long client, long server) {
    if (Capabilities.has(client & ~server, Capabilities.QUERY_ATTRIBUTES)) {
      return "query attributes";
    }
    return Capabilities.has(client & ~server, Capabilities.MARIADB_EXTENDED_METADATA)
        ? "extended metadata"
        : null;
  }
}
