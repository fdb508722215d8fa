package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ConnectionView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW ACTIVE_SOCKETS}. */
record ShowActiveSockets(ProxyView view) implements ShowTable<ConnectionView> {

  @Override
  public String name() {
    return "ACTIVE_SOCKETS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "SHOW SOCKETS without the connections whose buffers are empty.";
  }

  @Override
  public Columns<ConnectionView> columns() {
    return ConnectionColumns.SOCKETS;
  }

  @Override
  public List<ConnectionView> rows() {
    return view.sockets().stream().filter(socket -> !socket.buffers().empty()).toList();
  }
}
