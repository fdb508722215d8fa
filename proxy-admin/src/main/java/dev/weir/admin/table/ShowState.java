package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW STATE}. */
record ShowState(ProxyView view) implements ShowTable<ShowState.Item> {
  private static final Columns<ShowState.Item> COLUMNS = Columns.<ShowState.Item>of()
      .text("key", "active, paused or suspended.", Item::key)
      .text("value", "yes or no.", item -> item.value() ? "yes" : "no");

  @Override
  public String name() {
    return "STATE";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Whether the proxy serves, is paused or is suspended.";
  }

  @Override
  public Columns<ShowState.Item> columns() {
    return COLUMNS;
  }

  @Override
  public List<ShowState.Item> rows() {
    boolean paused = view.paused();
    boolean suspended = view.suspended();
    return List.of(
        new Item("active", !paused && !suspended),
        new Item("paused", paused),
        new Item("suspended", suspended));
  }

  record Item(String key, boolean value) {}
}
