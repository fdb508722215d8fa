package dev.weir.core.control;

import java.util.List;

/**
 * What pools and who uses them look like. Every method is called on the control thread and may wait for the workers;
 * lists are snapshots in the order in which SHOW prints them.
 */
public interface PoolsView extends StateView {
  /** Logged-in clients. */
  List<ConnectionView> clients();

  /** Server connections past and in login. */
  List<ConnectionView> servers();

  /** All connections, clients still logging in included. */
  List<ConnectionView> sockets();

  List<PoolView> pools();

  List<DatabaseView> databases();

  List<UserView> users();

  ListCounts lists();
}
