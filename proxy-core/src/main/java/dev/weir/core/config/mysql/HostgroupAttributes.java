package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What differs from the global variables for one hostgroup. */
public record HostgroupAttributes(int hostgroupId, int maxNumOnlineServers, int autocommit,
    int freeConnectionsPct, String initConnect, boolean multiplex, boolean connectionWarming,
    int throttleConnectionsPerSec, String ignoreSessionVariables, String hostgroupSettings,
    String serversDefaults, String comment) {

  static HostgroupAttributes of(RowValues row) {
    return new HostgroupAttributes(row.whole("hostgroup_id"), row.whole("max_num_online_servers"),
        row.whole("autocommit"), row.whole("free_connections_pct"), row.text("init_connect"),
        row.flag("multiplex"), row.flag("connection_warming"),
        row.whole("throttle_connections_per_sec"), row.text("ignore_session_variables"),
        row.text("hostgroup_settings"), row.text("servers_defaults"), row.text("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(hostgroupId, maxNumOnlineServers, autocommit, freeConnectionsPct,
        initConnect, multiplex, connectionWarming, throttleConnectionsPerSec,
        ignoreSessionVariables, hostgroupSettings, serversDefaults, comment);
  }
}
