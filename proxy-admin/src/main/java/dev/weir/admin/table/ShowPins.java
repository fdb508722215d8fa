package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.PinView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW PINS}. */
record ShowPins(ProxyView view) implements ShowTable<PinView> {
  private static final Columns<PinView> COLUMNS = Columns.<PinView>of()
      .text("protocol", "postgresql or mysql.", pin -> pin.protocol().label())
      .wrappingCount("id", "The client, as in SHOW CLIENTS.", PinView::clientId)
      .text("database", "Its database, as in SHOW CLIENTS.", PinView::database)
      .text("user", "Its user.", PinView::user)
      .text("reason", "What of it is on the server and cannot be moved.", PinView::reason)
      .text("digest",
          "The statement that brought it about, without its values; empty when it is not known.",
          PinView::digest)
      .text("since", "When that was, in local time.", pin -> ConnectionColumns.time(pin.since()))
      .text("ends_with", "What would let the server go.", PinView::endsWith);

  @Override
  public String name() {
    return "PINS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Why clients keep their server between transactions, a row for each reason.";
  }

  @Override
  public Columns<PinView> columns() {
    return COLUMNS;
  }

  @Override
  public List<PinView> rows() {
    return view.pins();
  }
}
