package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.PoolView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW POOLS}. */
record ShowPools(ProxyView view) implements ShowTable<PoolView> {
  private static final Columns<PoolView> COLUMNS = Columns.<PoolView>of()
      .text("database", "The database.", PoolView::database)
      .text("user", "The user.", PoolView::user)
      .count("cl_active", "Clients linked to a server or idle.", PoolView::clActive)
      .count("cl_waiting", "Clients waiting for a server.", PoolView::clWaiting)
      .count("cl_active_cancel_req", "Clients whose cancel request has been sent on.",
          PoolView::clActiveCancelReq)
      .count("cl_waiting_cancel_req", "Clients whose cancel request waits to be sent on.",
          PoolView::clWaitingCancelReq)
      .count("sv_active", "Servers linked to a client.", PoolView::svActive)
      .count("sv_active_cancel", "Server connections that carry a cancel request.",
          PoolView::svActiveCancel)
      .count("sv_being_canceled", "Servers kept back until the cancel requests for them are over.",
          PoolView::svBeingCanceled)
      .count("sv_idle", "Servers ready for the next client.", PoolView::svIdle)
      .count("sv_used", "Servers idle so long that they are to be checked before use.",
          PoolView::svUsed)
      .count("sv_tested", "Servers being reset or checked.", PoolView::svTested)
      .count("sv_login", "Servers being logged in to.", PoolView::svLogin)
      .count("maxwait", "Whole seconds that the first client in the queue has waited.",
          pool -> Micros.seconds(pool.maxWaitMicros()))
      .count("maxwait_us", "Microseconds beyond those seconds.",
          pool -> Micros.rest(pool.maxWaitMicros()))
      .text("pool_mode", "The pool mode in force.", PoolView::poolMode)
      .text("load_balance_hosts", "How hosts are chosen; NULL without a list of hosts.",
          PoolView::loadBalanceHosts);

  @Override
  public String name() {
    return "POOLS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "A row for each database and user that has a pool.";
  }

  @Override
  public Columns<PoolView> columns() {
    return COLUMNS;
  }

  @Override
  public List<PoolView> rows() {
    return view.pools();
  }
}
