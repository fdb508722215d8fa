package dev.weir.admin.table;

import dev.weir.core.control.ProxyView;
import java.util.List;

/** Every item of SHOW that has rows. */
public final class ShowTables {
  private ShowTables() {}

  /** All of them, in the order of the manual: the original's, then ours. */
  public static List<ShowTable<?>> all(ProxyView view) {
    return List.of(
        new ShowClients(view),
        new ShowServers(view),
        new ShowSockets(view),
        new ShowActiveSockets(view),
        new ShowPools(view),
        new ShowPeerPools(view),
        new ShowPeers(view),
        new ShowDatabases(view),
        new ShowUsers(view),
        new ShowLists(view),
        new ShowConfig(view),
        new ShowState(view),
        new ShowVersion(),
        new ShowMem(view),
        new ShowDnsHosts(view),
        new ShowDnsZones(),
        new ShowFds(view),
        new ShowStats(view),
        new ShowStatsTotals(view),
        new ShowStatsAverages(view),
        new ShowTotals(view),
        new ShowPins(view));
  }
}
