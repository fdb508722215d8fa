package dev.weir.core.session;

import dev.weir.core.control.PoolKey;
import dev.weir.core.control.PoolsView;
import dev.weir.core.control.Traffic;
import dev.weir.core.metrics.PoolHistograms;
import java.util.SequencedMap;

/** What one protocol shows of its pools; {@link JoinedView} puts the protocols together. Called on the control thread. */
public interface SideView extends PoolsView, PoolHistograms {
  /** What each pool has carried so far, in the order in which SHOW prints databases. */
  SequencedMap<PoolKey, Traffic> totals();
}
