package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ConnectionView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW SERVERS}. */
record ShowServers(ProxyView view) implements ShowTable<ConnectionView> {

  @Override
  public String name() {
    return "SERVERS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Connections to servers, those still logging in among them.";
  }

  @Override
  public Columns<ConnectionView> columns() {
    return ConnectionColumns.LINKED;
  }

  @Override
  public List<ConnectionView> rows() {
    return view.servers();
  }
}
