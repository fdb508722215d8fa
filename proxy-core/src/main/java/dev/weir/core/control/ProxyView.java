package dev.weir.core.control;

import java.util.List;

/** What the running proxy looks like. Called as {@link PoolsView}. */
public interface ProxyView extends PoolsView, ProcessView {
  List<DatabaseTraffic> traffic();

  /** Sum over all pools with its own averages (SHOW TOTALS, the log's stats line); the name in it is empty. */
  DatabaseTraffic totalTraffic();
}
