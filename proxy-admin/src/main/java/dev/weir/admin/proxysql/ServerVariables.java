package dev.weir.admin.proxysql;

import dev.weir.core.control.ProductVersion;
import java.util.Map;
import java.util.TreeMap;

/** Variables of a MySQL server that drivers and tools read before they talk to one. */
final class ServerVariables {
  static final Map<String, String> ALL = all();

  private ServerVariables() {}

  private static Map<String, String> all() {
    Map<String, String> all = new TreeMap<>();
    all.put("version", ProductVersion.PROXYSQL);
    all.put("version_comment", "(ProxySQL Admin Module)");
    all.put("max_allowed_packet", "67108864");
    all.put("sql_mode", "");
    all.put("read_only", "OFF");
    all.put("autocommit", "1");
    all.put("auto_increment_increment", "1");
    all.put("character_set_client", "utf8");
    all.put("character_set_connection", "utf8");
    all.put("character_set_database", "utf8");
    all.put("character_set_results", "utf8");
    all.put("character_set_server", "utf8");
    all.put("collation_connection", "utf8_general_ci");
    all.put("collation_database", "utf8_general_ci");
    all.put("collation_server", "utf8_general_ci");
    all.put("init_connect", "");
    all.put("interactive_timeout", "28800");
    all.put("license", "");
    all.put("lower_case_table_names", "0");
    all.put("net_buffer_length", "16384");
    all.put("net_write_timeout", "60");
    all.put("performance_schema", "0");
    all.put("query_cache_size", "0");
    all.put("query_cache_type", "OFF");
    all.put("system_time_zone", "UTC");
    all.put("time_zone", "+00:00");
    all.put("transaction_isolation", "READ-COMMITTED");
    all.put("tx_isolation", "READ-COMMITTED");
    all.put("transaction_read_only", "0");
    all.put("tx_read_only", "0");
    all.put("wait_timeout", "28800");
    return all;
  }
}
