package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.DatabaseView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW DATABASES}. */
record ShowDatabases(ProxyView view) implements ShowTable<DatabaseView> {
  private static final Columns<DatabaseView> COLUMNS = Columns.<DatabaseView>of()
      .text("name", "Name that clients ask for.", DatabaseView::name)
      .text("host", "Where it is; NULL for a Unix socket.", DatabaseView::host)
      .count("port", "Port there.", DatabaseView::port)
      .text("database", "Name there.", DatabaseView::database)
      .text("force_user", "User that all clients become; NULL without one.",
          DatabaseView::forceUser)
      .count("pool_size", "Most servers for each pool.", DatabaseView::poolSize)
      .count("min_pool_size", "Servers kept open.", DatabaseView::minPoolSize)
      .count("reserve_pool_size", "Further servers for clients that have waited long.",
          DatabaseView::reservePoolSize)
      .count("server_lifetime", "Seconds after which a server is replaced.",
          DatabaseView::serverLifetimeSeconds)
      .text("pool_mode", "Its own pool mode; NULL when inherited.", DatabaseView::poolMode)
      .text("load_balance_hosts", "How hosts are chosen; NULL without a list of hosts.",
          DatabaseView::loadBalanceHosts)
      .count("max_connections", "Most servers for the whole database; 0 is unlimited.",
          DatabaseView::maxConnections)
      .count("current_connections", "Servers now.", DatabaseView::currentConnections)
      .count("max_client_connections", "Most clients; 0 is unlimited.",
          DatabaseView::maxClientConnections)
      .count("current_client_connections", "Clients now.", DatabaseView::currentClientConnections)
      .flag("paused", "1 while paused.", DatabaseView::paused)
      .flag("disabled", "1 while logins are refused.", DatabaseView::disabled);

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
