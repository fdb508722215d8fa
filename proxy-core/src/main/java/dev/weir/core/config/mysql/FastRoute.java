package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A hostgroup for a user and a schema, looked up after the rules. */
public record FastRoute(String username, String schemaname, int flagIN, int destinationHostgroup,
    String comment) {

  static FastRoute of(RowValues row) {
    return new FastRoute(row.text("username"), row.text("schemaname"), row.whole("flagIN"),
        row.whole("destination_hostgroup"), row.text("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(username, schemaname, flagIN, destinationHostgroup, comment);
  }
}
