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
    int dnsPending) {}
