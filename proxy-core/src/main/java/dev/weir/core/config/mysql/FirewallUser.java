package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether and how strictly the firewall looks at a user from an address. */
public record FirewallUser(boolean active, String username, String clientAddress, String mode,
    String comment) {

  static FirewallUser of(RowValues row) {
    return new FirewallUser(row.flag("active"), row.text("username"), row.text("client_address"),
        row.text("mode"), row.text("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(active, username, clientAddress, mode, comment);
  }
}
