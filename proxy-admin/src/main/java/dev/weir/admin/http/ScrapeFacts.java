package dev.weir.admin.http;

import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.DatabaseView;
import dev.weir.core.control.ListCounts;
import dev.weir.core.control.PoolView;
import dev.weir.core.control.ProxyView;
import dev.weir.core.control.SettingView;
import dev.weir.core.metrics.PoolHistograms;
import java.util.List;

/** What one scrape is made from, read in one go on the control thread. Immutable. */
record ScrapeFacts(
    List<PoolView> pools,
    List<PoolHistograms.PoolTimes> times,
    List<PoolHistograms.PinTimes> pins,
    List<DatabaseView> databases,
    List<DatabaseTraffic> traffic,
    ListCounts lists,
    List<SettingView> settings,
    boolean paused,
    boolean suspended,
    boolean shuttingDown,
    long startedEpochSeconds) {

  static ScrapeFacts read(ProxyView view, PoolHistograms histograms) {
    return new ScrapeFacts(view.pools(), histograms.poolTimes(), histograms.pinTimes(),
        view.databases(), view.traffic(),
        view.lists(), view.settings(), view.paused(), view.suspended(),
        view.shuttingDown(), view.startedEpochSeconds());
  }
}
