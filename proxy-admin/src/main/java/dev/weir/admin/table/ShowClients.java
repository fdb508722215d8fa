package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ConnectionView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW CLIENTS}. */
record ShowClients(ProxyView view) implements ShowTable<ConnectionView> {

  @Override
  public String name() {
    return "CLIENTS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Clients that are logged in, the console's own among them.";
  }

  @Override
  public Columns<ConnectionView> columns() {
    return ConnectionColumns.LINKED;
  }

  @Override
  public List<ConnectionView> rows() {
    return view.clients();
  }
}
