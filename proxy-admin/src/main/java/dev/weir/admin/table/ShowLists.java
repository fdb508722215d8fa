package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ListCounts;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW LISTS}. */
record ShowLists(ProxyView view) implements ShowTable<ShowLists.Item> {
  private static final Columns<ShowLists.Item> COLUMNS = Columns.<ShowLists.Item>of()
      .text("list", "What is counted.", Item::list)
      .count("items", "How many there are.", Item::items);

  @Override
  public String name() {
    return "LISTS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "How many objects of each kind exist.";
  }

  @Override
  public Columns<ShowLists.Item> columns() {
    return COLUMNS;
  }

  @Override
  public List<ShowLists.Item> rows() {
    ListCounts counts = view.lists();
    return List.of(
        new Item("databases", counts.databases()),
        new Item("users", counts.users()),
        new Item("peers", counts.peers()),
        new Item("pools", counts.pools()),
        new Item("peer_pools", counts.peerPools()),
        new Item("free_clients", counts.freeClients()),
        new Item("used_clients", counts.usedClients()),
        new Item("login_clients", counts.loginClients()),
        new Item("free_servers", counts.freeServers()),
        new Item("used_servers", counts.usedServers()),
        new Item("dns_names", counts.dnsNames()),
        new Item("dns_zones", counts.dnsZones()),
        new Item("dns_queries", counts.dnsQueries()),
        new Item("dns_pending", counts.dnsPending()));
  }

  record Item(String list, int items) {}
}
