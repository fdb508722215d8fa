package dev.weir.admin.sqlite;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What SQLite answers. */
public sealed interface StoreAnswer {
  record Rows(List<String> columns, List<List<@Nullable String>> rows) implements StoreAnswer {}

  record Changed(long rows) implements StoreAnswer {}
}
