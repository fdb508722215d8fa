package dev.weir.core.mysql.probe;

import java.util.regex.Pattern;

/** The statements that the probes send, by server version. */
final class Questions {
  private static final Pattern TABLE = Pattern.compile("[\\p{L}\\p{N}_$-]{1,64}");

  private Questions() {}

  static String galera(ServerVersion version) {
    boolean performanceSchema = version.hasStatusInPerformanceSchema();
    String status = performanceSchema
        ? "performance_schema.global_status"
        : "INFORMATION_SCHEMA.GLOBAL_STATUS";
    // Not as @@pxc_maint_mode: only one of the two MySQL distributions with Galera has it.
    String maintenance = performanceSchema
        ? "(SELECT VARIABLE_VALUE FROM performance_schema.global_variables"
            + " WHERE VARIABLE_NAME='pxc_maint_mode')"
        : "'DISABLED'";
    return "SELECT (SELECT VARIABLE_VALUE FROM " + status
        + " WHERE VARIABLE_NAME='wsrep_local_state') wsrep_local_state,"
        + " @@global.read_only read_only, (SELECT VARIABLE_VALUE FROM " + status
        + " WHERE VARIABLE_NAME='wsrep_local_recv_queue') wsrep_local_recv_queue,"
        + " @@global.wsrep_desync wsrep_desync,"
        + " @@global.wsrep_reject_queries wsrep_reject_queries,"
        + " @@global.wsrep_sst_donor_rejects_queries wsrep_sst_donor_rejects_queries,"
        + " (SELECT VARIABLE_VALUE FROM " + status
        + " WHERE VARIABLE_NAME='wsrep_cluster_status') wsrep_cluster_status, " + maintenance
        + " pxc_maint_mode";
  }

  static String replicaStatus(ServerVersion version) {
    if (version.saysReplica()) {
      return "SHOW REPLICA STATUS";
    }
    return version.mariaDb() ? "SHOW ALL SLAVES STATUS" : "SHOW SLAVE STATUS";
  }

  /** Seconds since the freshest beat. */
  static String heartbeat(String table) {
    String[] names = table.split("\\.", -1);
    if (names.length != 2 || !TABLE.matcher(names[0]).matches()
        || !TABLE.matcher(names[1]).matches()) {
      throw new IllegalArgumentException("not a database.table: " + table);
    }
    return "SELECT MIN(TIMESTAMPDIFF(SECOND, ts, SYSDATE())) Seconds_Behind_Master FROM `"
        + names[0]
        + "`.`" + names[1] + "`";
  }

  static String groupMember(ServerVersion version) {
    if (!version.hasGroupMembersQueue()) {
      return "SELECT viable_candidate, read_only, transactions_behind"
          + " FROM sys.gr_member_routing_candidate_status";
    }
    String members = "performance_schema.replication_group_members";
    return "SELECT IF((SELECT MEMBER_STATE FROM " + members
        + " WHERE MEMBER_ID=@@global.server_uuid)='ONLINE' AND (SELECT COUNT(*) FROM " + members
        + " WHERE MEMBER_STATE<>'UNREACHABLE')*2>(SELECT COUNT(*) FROM " + members
        + "),'YES','NO') viable_candidate,"
        + " IF(@@global.read_only OR @@global.super_read_only,'YES','NO') read_only,"
        + " (SELECT COUNT_TRANSACTIONS_REMOTE_IN_APPLIER_QUEUE"
        + " FROM performance_schema.replication_group_member_stats"
        + " WHERE MEMBER_ID=@@global.server_uuid) transactions_behind";
  }
}
