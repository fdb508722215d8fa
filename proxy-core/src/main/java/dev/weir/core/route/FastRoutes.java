package dev.weir.core.route;

import java.util.List;

/** Fast routing as a hash table of arrays, for a million rows: no object per row, none per look-up. Immutable. */
final class FastRoutes {
  static final int NONE = -1;

  private final String[] users;
  private final String[] schemas;
  private final int[] flags;
  private final int[] hostgroups;
  private final int size;

  FastRoutes(List<FastRoute> routes) {
    int slots = Integer.highestOneBit(Math.max(4, routes.size() * 2)) * 2;
    users = new String[slots];
    schemas = new String[slots];
    flags = new int[slots];
    hostgroups = new int[slots];
    int rows = 0;
    for (FastRoute route : routes) {
      int at = slot(route.username(), route.schemaname(), route.flagIn());
      rows += users[at] == null ? 1 : 0;
      users[at] = route.username();
      schemas[at] = route.schemaname();
      flags[at] = route.flagIn();
      hostgroups[at] = route.destinationHostgroup();
    }
    size = rows;
  }

  int size() {
    return size;
  }

  /** The hostgroup for a user's statements in a schema, else for anybody's; {@link #NONE} if there is no row. */
  int find(String user, String schema, int flag) {
    if (size == 0) {
      return NONE;
    }
    int own = slot(user, schema, flag);
    if (users[own] != null) {
      return hostgroups[own];
    }
    int anybodys = slot("", schema, flag);
    return users[anybodys] != null ? hostgroups[anybodys] : NONE;
  }

  private int slot(String user, String schema, int flag) {
    int hash = (user.hashCode() * 31 + schema.hashCode()) * 31 + flag;
    int mask = users.length - 1;
    int at = ((hash * 0x9E3779B9) >>> 7) & mask;
    while (users[at] != null
        && !(flags[at] == flag && users[at].equals(user) && schemas[at].equals(schema))) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
