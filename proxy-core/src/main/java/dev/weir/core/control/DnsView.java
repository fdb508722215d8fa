package dev.weir.core.control;

import java.util.List;

/** A resolved host as SHOW DNS_HOSTS prints it. Immutable. */
public record DnsView(String hostName, long ttlSeconds, List<String> addresses) {}
