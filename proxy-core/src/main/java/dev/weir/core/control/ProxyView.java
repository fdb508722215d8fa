package dev.weir.core.control;

import java.util.List;

/**
 * What the running proxy looks like. Every method is called on the control thread and may wait for the workers; lists
 * are snapshots in the order in which SHOW prints them.
 */
public interface ProxyView {
  /** Logged-in clients. */
  List<ConnectionView> clients();

  /** Server connections past and in login. */
  List<ConnectionView> servers();

  /** All connections, clients still logging in included. */
  List<ConnectionView> sockets();

  List<PoolView> pools();

  /** Peers that are configured, ascending by id. */
  List<PeerView> peers();

  List<DatabaseView> databases();

  List<UserView> users();

  ListCounts lists();

  List<DatabaseTraffic> traffic();

  /** Sum over all pools with its own averages (SHOW TOTALS, the log's stats line); the name in it is empty. */
  DatabaseTraffic totalTraffic();

  List<DnsView> dnsHosts();

  List<ListenerView> listeners();

  List<SlabView> memory();

  List<SettingView> settings();

  boolean paused();

  boolean suspended();

  /** A graceful shutdown has begun. */
  boolean shuttingDown();

  /** Seconds since the epoch when the process began to serve, and other facts for metrics. */
  long startedEpochSeconds();
}
