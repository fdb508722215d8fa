package dev.weir.core.route;

/** A row of {@code mysql_query_rules_fast_routing}; an empty user name is any user. */
public record FastRoute(String username, String schemaname, int flagIn, int destinationHostgroup) {}
