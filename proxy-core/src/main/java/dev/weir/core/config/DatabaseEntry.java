package dev.weir.core.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code [databases]}. What is null is inherited from the global settings; {@link Config} resolves that.
 *
 * @param name what clients ask for; {@code *} for the template
 * @param dbname name sent to the server; null when not written
 * @param hosts names, literal addresses or Unix socket directories ({@code /}, {@code @}); empty is the Unix socket in
 *     {@code unix_socket_dir}
 * @param port port on all hosts
 * @param user login all clients share on the server; null when each has its own
 * @param password secret of that login
 * @param authUser login for auth_query on this database
 * @param authDbname database entry where auth_query runs
 * @param authQuery text of auth_query
 * @param clientEncoding sent in the server's StartupMessage, as the next three
 * @param poolSize 0 is no limit
 * @param maxDbConnections above 0, or null
 * @param maxDbClientConnections above 0, or null
 * @param serverLifetime above 0, or null
 * @param queryWaitTimeout 0 is no limit for this database
 * @param connectQuery one simple query after each server login; its errors are ignored
 */
public record DatabaseEntry(
    String name,
    @Nullable String dbname,
    List<String> hosts,
    int port,
    @Nullable String user,
    @Nullable String password,
    @Nullable String authUser,
    @Nullable String authDbname,
    @Nullable String authQuery,
    @Nullable String clientEncoding,
    @Nullable String datestyle,
    @Nullable String timezone,
    @Nullable String applicationName,
    @Nullable Integer poolSize,
    @Nullable Integer minPoolSize,
    @Nullable Integer reservePoolSize,
    @Nullable Integer maxDbConnections,
    @Nullable Integer maxDbClientConnections,
    @Nullable Duration serverLifetime,
    @Nullable Duration queryWaitTimeout,
    @Nullable PoolMode poolMode,
    LoadBalanceHosts loadBalanceHosts,
    @Nullable String connectQuery,
    @Nullable SessionState sessionState) {
  public static final int DEFAULT_PORT = 5432;

  public DatabaseEntry {
    hosts = List.copyOf(hosts);
  }

  /** The database's name on the server. */
  public String serverDatabase() {
    return dbname == null ? name : dbname;
  }

  /** The host as the file has it; null for the Unix socket in {@code unix_socket_dir}. */
  public @Nullable String host() {
    return hosts.isEmpty() ? null : String.join(",", hosts);
  }

  /** The entry the template stands for when a client asks for {@code database}. */
  public DatabaseEntry instantiate(String database) {
    return new DatabaseEntry(database, dbname, hosts, port, user, password, authUser, authDbname,
        authQuery,
        clientEncoding, datestyle, timezone, applicationName, poolSize, minPoolSize,
        reservePoolSize,
        maxDbConnections, maxDbClientConnections, serverLifetime, queryWaitTimeout, poolMode,
        loadBalanceHosts,
        connectQuery, sessionState);
  }

  /** Never shows the password. */
  @Override
  public String toString() {
    return "DatabaseEntry[" + name + " -> " + serverDatabase() + " at " + hosts + ":" + port + "]";
  }
}
