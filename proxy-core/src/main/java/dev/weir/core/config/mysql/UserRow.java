package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may log in on the traffic port, and as whom at the servers. The password is clear text or one of MySQL's hashes. */
public record UserRow(String username, @Nullable String password, boolean active, boolean useSsl,
    int defaultHostgroup, @Nullable String defaultSchema, boolean schemaLocked,
    boolean transactionPersistent, boolean fastForward, boolean backend, boolean frontend,
    long maxConnections, String attributes, String comment) {

  static UserRow of(RowValues row) {
    return new UserRow(row.required("username"), row.textOrNull("password"), row.flag("active"),
        row.flag("use_ssl"), row.whole("default_hostgroup"), row.textOrNull("default_schema"),
        row.flag("schema_locked"), row.flag("transaction_persistent"), row.flag("fast_forward"),
        row.flag("backend"), row.flag("frontend"), row.big("max_connections"),
        row.text("attributes"), row.text("comment"));
  }

  /** Without the password, because records end up in logs. */
  @Override
  public String toString() {
    return "UserRow[username=" + username + ", defaultHostgroup=" + defaultHostgroup + "]";
  }

  List<@Nullable String> values() {
    return RowValues.listed(username, password, active, useSsl, defaultHostgroup, defaultSchema,
        schemaLocked, transactionPersistent, fastForward, backend, frontend, maxConnections,
        attributes, comment);
  }
}
