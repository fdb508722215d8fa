package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.PoolView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW POOLS}. */
record ShowPools(ProxyView view) implements ShowTable<PoolView> {
  private static final Columns<PoolView> COLUMNS = Columns.<PoolView>of()
      .text("database", PoolView::database)
      .text("user", PoolView::user)
      .count("cl_active", PoolView::clActive)
      .count("cl_waiting", PoolView::clWaiting)
      .count("cl_active_cancel_req", PoolView::clActiveCancelReq)
      .count("cl_waiting_cancel_req", PoolView::clWaitingCancelReq)
      .count("sv_active", PoolView::svActive)
      .count("sv_active_cancel", PoolView::svActiveCancel)
      .count("sv_being_canceled", PoolView::svBeingCanceled)
      .count("sv_idle", PoolView::svIdle)
      .count("sv_used", PoolView::svUsed)
      .count("sv_tested", PoolView::svTested)
      .count("sv_login", PoolView::svLogin)
      .count("maxwait", pool -> Micros.seconds(pool.maxWaitMicros()))
      .count("maxwait_us", pool -> Micros.rest(pool.maxWaitMicros()))
      .text("pool_mode", PoolView::poolMode)
      .text("load_balance_hosts", PoolView::loadBalanceHosts);

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
