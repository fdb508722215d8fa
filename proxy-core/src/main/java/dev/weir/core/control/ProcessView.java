package dev.weir.core.control;

import java.util.List;

/** What the process looks like beside its pools. Called as {@link PoolsView}. */
public interface ProcessView {
  /** Peers that are configured, ascending by id. */
  List<PeerView> peers();

  List<DnsView> dnsHosts();

  List<ListenerView> listeners();

  List<SlabView> memory();

  List<SettingView> settings();

  boolean paused();

  boolean suspended();

  /** A graceful shutdown has begun. */
  boolean shuttingDown();

  /** Seconds since the epoch when the process began to serve. */
  long startedEpochSeconds();
}
