package dev.weir.core.mysql;

import dev.weir.core.control.MysqlView;
import dev.weir.core.net.Link;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Failed logins of client hosts, and which hosts have had too many ({@code mysql-client_host_cache_size}, {@code
 * mysql-client_host_error_counts}): {@code stats_mysql_client_host_cache}. A login that succeeds forgets the host's. When
 * there is no room, the host that failed longest ago is forgotten. Clients of Unix sockets have no host. Thread-safe.
 */
final class ClientHosts {
  private static final class Failures {
    private int count;
    private long lastMillis;
  }

  /** Least recent failure first. */
  private final LinkedHashMap<String, Failures> hosts = new LinkedHashMap<>();
  private volatile int room;
  private volatile int most;

  /**
   * From now on.
   *
   * @param counted hosts at most; 0 forgets all
   * @param errors so many keep a host out; 0 keeps none out
   */
  void limits(int counted, int errors) {
    room = counted;
    most = errors;
    synchronized (this) {
      while (hosts.size() > counted) {
        hosts.pollFirstEntry();
      }
    }
  }

  /** Whether a client from there is not let in. */
  boolean keepsOut(Link.Endpoint from) {
    int limit = most;
    if (limit == 0 || room == 0 || from.unix()) {
      return false;
    }
    synchronized (this) {
      Failures failures = hosts.get(from.host());
      return failures != null && failures.count >= limit;
    }
  }

  void failed(Link.Endpoint from, long nowMillis) {
    if (room == 0 || from.unix()) {
      return;
    }
    synchronized (this) {
      Failures known = hosts.remove(from.host());
      if (known == null) {
        known = new Failures();
        while (!hosts.isEmpty() && hosts.size() >= room) {
          hosts.pollFirstEntry();
        }
      }
      known.count++;
      known.lastMillis = nowMillis;
      hosts.put(from.host(), known);
    }
  }

  void succeeded(Link.Endpoint from) {
    if (room != 0 && !from.unix()) {
      synchronized (this) {
        hosts.remove(from.host());
      }
    }
  }

  synchronized void clear() {
    hosts.clear();
  }

  synchronized List<MysqlView.ClientHost> snapshot(boolean reset) {
    List<MysqlView.ClientHost> all = new ArrayList<>(hosts.size());
    hosts.forEach((host, failures) -> all
        .add(new MysqlView.ClientHost(host, failures.count, failures.lastMillis / 1000)));
    if (reset) {
      hosts.clear();
    }
    return all;
  }
}
