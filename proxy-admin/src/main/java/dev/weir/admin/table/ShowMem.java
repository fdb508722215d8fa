package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ProxyView;
import dev.weir.core.control.SlabView;
import java.util.List;

/** {@code SHOW MEM}. */
record ShowMem(ProxyView view) implements ShowTable<SlabView> {
  private static final Columns<SlabView> COLUMNS = Columns.<SlabView>of()
      .text("name", "Kind of object.", SlabView::name)
      .count("size", "Bytes of one, where known.", SlabView::size)
      .count("used", "Objects in use.", SlabView::used)
      .count("free", "Objects kept for reuse.", SlabView::free)
      .count("memtotal", "Bytes of all.", SlabView::memTotal);

  @Override
  public String name() {
    return "MEM";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Objects in memory by kind.";
  }

  @Override
  public Columns<SlabView> columns() {
    return COLUMNS;
  }

  @Override
  public List<SlabView> rows() {
    return view.memory();
  }
}
