package dev.weir.admin.proxysql;

import dev.weir.admin.sqlite.AdminStore.Side;
import dev.weir.core.control.Access;

/** Who sends statements. */
public record AdminClient(String user, Access access, long id) {
  Side side() {
    return access == Access.ADMIN ? Side.OPERATOR : Side.STATISTICS;
  }

  /** The schema in which he is, as DATABASE() tells. */
  String schema() {
    return access == Access.ADMIN ? "admin" : "stats";
  }
}
