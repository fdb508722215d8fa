package dev.weir.core.backend;

import java.util.Comparator;

/** Where a server listens: a host and a port, or the path of a unix socket and port 0. Equal addresses are one server. */
public record ServerAddress(String host, int port) implements Comparable<ServerAddress> {
  private static final Comparator<ServerAddress> ORDER = Comparator
      .comparing(ServerAddress::host).thenComparingInt(ServerAddress::port);

  @Override
  public int compareTo(ServerAddress other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
