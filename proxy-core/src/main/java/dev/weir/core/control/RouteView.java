package dev.weir.core.control;

/**
 * One thing that EXPLAIN ROUTE says of a statement. Immutable.
 *
 * @param item what it is about, for example {@code hostgroup}
 */
public record RouteView(Protocol protocol, String item, String value) {}
