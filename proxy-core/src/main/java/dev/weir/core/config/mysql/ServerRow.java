package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server in a hostgroup, as {@code mysql_servers} holds it. The status is what the operator wrote; what monitoring makes of it is elsewhere. */
public record ServerRow(int hostgroupId, String hostname, int port, int gtidPort, String status,
    int weight, boolean compression, long maxConnections, long maxReplicationLag, boolean useSsl,
    long maxLatencyMs, String comment) {

  static ServerRow of(RowValues row) {
    return new ServerRow(row.whole("hostgroup_id"), row.required("hostname"), row.whole("port"),
        row.whole("gtid_port"), row.text("status"), row.whole("weight"), row.flag("compression"),
        row.big("max_connections"), row.big("max_replication_lag"), row.flag("use_ssl"),
        row.big("max_latency_ms"), row.text("comment"));
  }

  /** The same server in another state. */
  public ServerRow withStatus(String other) {
    return new ServerRow(hostgroupId, hostname, port, gtidPort, other, weight, compression,
        maxConnections, maxReplicationLag, useSsl, maxLatencyMs, comment);
  }

  List<@Nullable String> values() {
    return RowValues.listed(hostgroupId, hostname, port, gtidPort, status, weight, compression,
        maxConnections, maxReplicationLag, useSsl, maxLatencyMs, comment);
  }
}
