package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.DatabaseView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW DATABASES}. */
record ShowDatabases(ProxyView view) implements ShowTable<DatabaseView> {
  private static final Columns<DatabaseView> COLUMNS = Columns.<DatabaseView>of()
      .text("name", DatabaseView::name)
      .text("host", DatabaseView::host)
      .count("port", DatabaseView::port)
      .text("database", DatabaseView::database)
      .text("force_user", DatabaseView::forceUser)
      .count("pool_size", DatabaseView::poolSize)
      .count("min_pool_size", DatabaseView::minPoolSize)
      .count("reserve_pool_size", DatabaseView::reservePoolSize)
      .count("server_lifetime", DatabaseView::serverLifetimeSeconds)
      .text("pool_mode", DatabaseView::poolMode)
      .text("load_balance_hosts", DatabaseView::loadBalanceHosts)
      .count("max_connections", DatabaseView::maxConnections)
      .count("current_connections", DatabaseView::currentConnections)
      .count("max_client_connections", DatabaseView::maxClientConnections)
      .count("current_client_connections", DatabaseView::currentClientConnections)
      .flag("paused", DatabaseView::paused)
      .flag("disabled", DatabaseView::disabled);

  @Override
  public String name() {
    return "DATABASES";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "The databases that clients can ask for, with the limits in force.";
  }

  @Override
  public Columns<DatabaseView> columns() {
    return COLUMNS;
  }

  @Override
  public List<DatabaseView> rows() {
    return view.databases();
  }
}
