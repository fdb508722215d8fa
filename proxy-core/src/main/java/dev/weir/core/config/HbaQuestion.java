package dev.weir.core.config;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client that wants in, as far as host-based rules look at it.
 *
 * @param address where it comes from; null over a Unix socket
 * @param database the database it asks for
 * @param user the user it wants to be
 */
public record HbaQuestion(Via via, @Nullable InetAddress address, String database, String user,
    Replication replication) {
  /** How the client is connected. */
  public enum Via {
    /** A Unix socket. */
    LOCAL,
    /** TCP with TLS. */
    TLS,
    /** TCP in clear text. */
    PLAIN
  }

  /** The startup parameter {@code replication}. */
  public enum Replication {
    NONE, LOGICAL, PHYSICAL
  }
}
