package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A digest that the firewall lets through. */
public record FirewallRule(boolean active, String username, String clientAddress, String schemaname,
    int flagIN, String digest, String comment) {

  static FirewallRule of(RowValues row) {
    return new FirewallRule(row.flag("active"), row.text("username"), row.text("client_address"),
        row.text("schemaname"), row.whole("flagIN"), row.text("digest"), row.text("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(active, username, clientAddress, schemaname, flagIN, digest, comment);
  }
}
