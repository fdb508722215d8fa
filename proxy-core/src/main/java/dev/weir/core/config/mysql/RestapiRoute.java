package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A script behind a path of the REST port. */
public record RestapiRoute(long id, boolean active, long timeoutMs, String method, String uri,
    String script, String comment) {

  static RestapiRoute of(RowValues row) {
    return new RestapiRoute(row.big("id"), row.flag("active"), row.big("timeout_ms"),
        row.text("method"), row.required("uri"), row.required("script"), row.text("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(id, active, timeoutMs, method, uri, script, comment);
  }
}
