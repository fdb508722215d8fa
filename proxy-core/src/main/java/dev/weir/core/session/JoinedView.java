package dev.weir.core.session;

import dev.weir.core.control.ConnectionView;
import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.DatabaseView;
import dev.weir.core.control.DnsView;
import dev.weir.core.control.LedgerView;
import dev.weir.core.control.ListCounts;
import dev.weir.core.control.ListenerView;
import dev.weir.core.control.PeerView;
import dev.weir.core.control.PinView;
import dev.weir.core.control.PoolKey;
import dev.weir.core.control.PoolView;
import dev.weir.core.control.PoolsView;
import dev.weir.core.control.ProcessView;
import dev.weir.core.control.ProxyView;
import dev.weir.core.control.RouteView;
import dev.weir.core.control.SettingView;
import dev.weir.core.control.SlabView;
import dev.weir.core.control.Traffic;
import dev.weir.core.control.UserView;
import dev.weir.core.metrics.PoolHistograms;
import dev.weir.core.metrics.RollingAverages;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The pools of all protocols as operators see them: one list, whoever speaks what. Confined to the control thread. */
public final class JoinedView implements ProxyView, PoolHistograms {
  private static final Comparator<ConnectionView> CONNECTIONS = Comparator
      .comparing(ConnectionView::database).thenComparing(ConnectionView::user)
      .thenComparing(ConnectionView::state).thenComparingLong(ConnectionView::id);

  private final ProcessView process;
  private final List<SideView> sides = new ArrayList<>();
  private final RollingAverages averages = new RollingAverages(System.nanoTime());

  public JoinedView(ProcessView process, SideView first) {
    this.process = process;
    this.sides.add(first);
  }

  public void add(SideView side) {
    sides.add(side);
  }

  // --- pools ---

  private <T> List<T> all(Function<PoolsView, List<T>> which, Comparator<T> order) {
    List<T> rows = new ArrayList<>();
    sides.forEach(side -> rows.addAll(which.apply(side)));
    rows.sort(order);
    return rows;
  }

  @Override
  public List<ConnectionView> clients() {
    return all(PoolsView::clients, CONNECTIONS);
  }

  @Override
  public List<ConnectionView> servers() {
    return all(PoolsView::servers, CONNECTIONS);
  }

  @Override
  public List<ConnectionView> sockets() {
    List<ConnectionView> rows = new ArrayList<>();
    sides.forEach(side -> rows.addAll(side.sockets()));
    return rows;
  }

  @Override
  public List<PoolView> pools() {
    return all(PoolsView::pools,
        Comparator.comparing(PoolView::database).thenComparing(PoolView::user));
  }

  @Override
  public List<DatabaseView> databases() {
    return all(PoolsView::databases, Comparator.comparing(DatabaseView::name));
  }

  /** Who is known to several protocols is one user; limits are the first side's. */
  @Override
  public List<UserView> users() {
    Map<String, UserView> byName = new TreeMap<>();
    for (SideView side : sides) {
      side.users().forEach(user -> byName.merge(user.name(), user, UserView::plus));
    }
    return List.copyOf(byName.values());
  }

  @Override
  public ListCounts lists() {
    int users = users().size();
    return sides.stream().map(PoolsView::lists).reduce((one, other) -> one.plus(other, users))
        .orElseThrow();
  }

  // --- what sessions carry ---

  @Override
  public List<PinView> pins() {
    return all(PoolsView::pins,
        Comparator.comparing(PinView::since).thenComparingLong(PinView::clientId));
  }

  @Override
  public List<LedgerView> ledgers() {
    return all(PoolsView::ledgers, Comparator.comparingLong(LedgerView::clientId));
  }

  @Override
  public @Nullable List<LedgerView> ledger(long clientId) {
    for (SideView side : sides) {
      List<LedgerView> found = side.ledger(clientId);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  @Override
  public @Nullable List<RouteView> explain(String sql, long clientId) {
    List<RouteView> rows = null;
    for (SideView side : sides) {
      List<RouteView> part = side.explain(sql, clientId);
      if (part != null && clientId != 0) {
        return part;
      } else if (part != null) {
        rows = rows == null ? new ArrayList<>() : rows;
        rows.addAll(part);
      }
    }
    return rows;
  }

  // --- statistics ---

  private SequencedMap<PoolKey, Traffic> totals() {
    SequencedMap<PoolKey, Traffic> all = new LinkedHashMap<>();
    sides.forEach(side -> all.putAll(side.totals()));
    return all;
  }

  /** Every stats_period. */
  public DatabaseTraffic refreshAverages() {
    long now = System.nanoTime();
    averages.refresh(totals(), now);
    return averages.overall(totals(), now);
  }

  @Override
  public List<DatabaseTraffic> traffic() {
    List<DatabaseTraffic> rows = new ArrayList<>(
        averages.byDatabase(totals(), System.nanoTime()));
    rows.sort(Comparator.comparing(DatabaseTraffic::database));
    return rows;
  }

  @Override
  public DatabaseTraffic totalTraffic() {
    return averages.overall(totals(), System.nanoTime());
  }

  @Override
  public List<PoolTimes> poolTimes() {
    List<PoolTimes> rows = new ArrayList<>();
    sides.forEach(side -> rows.addAll(side.poolTimes()));
    rows.sort(Comparator.comparing((PoolTimes times) -> times.pool().database())
        .thenComparing(times -> times.pool().user()));
    return rows;
  }

  @Override
  public List<PinTimes> pinTimes() {
    List<PinTimes> rows = new ArrayList<>();
    sides.forEach(side -> rows.addAll(side.pinTimes()));
    return rows;
  }

  // --- the process ---

  @Override
  public List<PeerView> peers() {
    return process.peers();
  }

  @Override
  public List<DnsView> dnsHosts() {
    return process.dnsHosts();
  }

  @Override
  public List<ListenerView> listeners() {
    return process.listeners();
  }

  @Override
  public List<SlabView> memory() {
    return process.memory();
  }

  @Override
  public List<SettingView> settings() {
    return process.settings();
  }

  @Override
  public boolean paused() {
    return process.paused();
  }

  @Override
  public boolean suspended() {
    return process.suspended();
  }

  @Override
  public boolean shuttingDown() {
    return process.shuttingDown();
  }

  @Override
  public long startedEpochSeconds() {
    return process.startedEpochSeconds();
  }
}
