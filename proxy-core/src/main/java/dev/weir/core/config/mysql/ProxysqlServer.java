package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another proxy of the cluster. */
public record ProxysqlServer(String hostname, int port, int weight, String comment) {

  static ProxysqlServer of(RowValues row) {
    return new ProxysqlServer(row.required("hostname"), row.whole("port"), row.whole("weight"),
        row.text("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(hostname, port, weight, comment);
  }
}
