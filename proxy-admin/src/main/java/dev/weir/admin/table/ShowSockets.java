package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ConnectionView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW SOCKETS}. */
record ShowSockets(ProxyView view) implements ShowTable<ConnectionView> {

  @Override
  public String name() {
    return "SOCKETS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "All connections with the state of their buffers, clients still logging in among them.";
  }

  @Override
  public Columns<ConnectionView> columns() {
    return ConnectionColumns.SOCKETS;
  }

  @Override
  public List<ConnectionView> rows() {
    return view.sockets();
  }
}
