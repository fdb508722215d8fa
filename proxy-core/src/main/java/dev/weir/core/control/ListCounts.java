package dev.weir.core.control;

/** The rows of SHOW LISTS, in its order. */
public record ListCounts(
    int databases,
    int users,
    int peers,
    int pools,
    int peerPools,
    int freeClients,
    int usedClients,
    int loginClients,
    int freeServers,
    int usedServers,
    int dnsNames,
    int dnsZones,
    int dnsQueries,
    int dnsPending) {

  /** Both together; users may be known to both, so their number is given. */
  public ListCounts plus(ListCounts o, int usersOfBoth) {
    return new ListCounts(databases + o.databases, usersOfBoth, peers + o.peers, pools + o.pools,
        peerPools + o.peerPools, freeClients + o.freeClients, usedClients + o.usedClients,
        loginClients + o.loginClients, freeServers + o.freeServers, usedServers + o.usedServers,
        dnsNames + o.dnsNames, dnsZones + o.dnsZones, dnsQueries + o.dnsQueries,
        dnsPending + o.dnsPending);
  }
}
