package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Worker;
import dev.weir.pg.message.NotificationResponse;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on one server connection for all sessions of a pool that share servers, so that none has to keep one (manual,
 * "LISTEN", "NOTIFY"). It is there while somebody listens, is not counted in pool_size, and is opened again when it was
 * lost; then sessions are told that something may have been missed.
 *
 * <p>Confined to its home worker, except where a method says otherwise. What it hears goes to {@link WorkerListeners} of
 * each worker, in the server's order, which is that of the commits. Every notification that several of a session's
 * connections hear they hear in that order too: so one of our own, sent on {@link #marker}, tells exactly where the
 * session stops to listen by itself and the hub goes on for it.
 */
final class NotificationHub implements Tenant, Dedication {
  private static final Logger LOG = LoggerFactory.getLogger(NotificationHub.class);

  /** How long a session waits for a server that cannot be opened; then it keeps its own. */
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private record Order(Collection<String> channels, Consumer<Boolean> done, long sinceNanos) {}

  private final PgPool pool;
  private final Worker home;
  private final String marker;
  private final WorkerListeners[] workers;
  private final Map<String, Integer> subscribers = new HashMap<>();
  /** What the server listens to, as far as it has said. */
  private final Set<String> heard = new HashSet<>();
  private final Queue<Order> orders = new ArrayDeque<>();
  private final AtomicLong gaps = new AtomicLong();
  private List<Order> underWay = List.of();
  private List<String> asked = List.of();
  private List<NotificationResponse> batch = new ArrayList<>();
  private @Nullable PgServer server;
  private boolean opening;
  private boolean busy;
  private boolean wasLost;
  private volatile boolean inUse;

  NotificationHub(PgPool pool, Worker home) {
    this.pool = pool;
    this.home = home;
    byte[] name = new byte[12];
    ThreadLocalRandom.current().nextBytes(name);
    this.marker = "weir_" + HexFormat.of().formatHex(name);
    this.workers = new WorkerListeners[pool.runtime().workers().count()];
    for (Worker worker : pool.runtime().workers()) {
      workers[worker.index()] = new WorkerListeners(worker, marker);
    }
  }

  PgPool pool() {
    return pool;
  }

  /** The channel of our own. Any thread. */
  String marker() {
    return marker;
  }

  /** Times that notifications may have been missed. Any thread. */
  long gaps() {
    return gaps.get();
  }

  /** Who listens on this worker, on which alone the answer may be used. */
  WorkerListeners on(Worker worker) {
    return workers[worker.index()];
  }

  // --- sessions, from any worker ---

  /** Listens to these channels from now on; {@code done} runs on the asking worker: true when it does. */
  void subscribe(Collection<String> channels, Worker asking, Consumer<Boolean> done) {
    List<String> all = List.copyOf(channels);
    inUse = true;
    home.execute(() -> {
      all.forEach(channel -> subscribers.merge(channel, 1, Integer::sum));
      orders.add(new Order(all, ok -> asking.execute(() -> done.accept(ok)), System.nanoTime()));
      if (server == null) {
        open();
      }
      pump();
    });
  }

  /** One subscriber less of each of these. */
  void unsubscribe(Collection<String> channels) {
    List<String> all = List.copyOf(channels);
    home.execute(() -> {
      all.forEach(
          channel -> subscribers.computeIfPresent(channel, (_, n) -> n == 1 ? null : n - 1));
      pump();
    });
  }

  // --- the server ---

  private void open() {
    if (!opening && !pool.pool().held()) {
      opening = true;
      pool.listening(true);
      pool.openDedicated(this);
    }
  }

  @Override
  public Worker worker() {
    return home;
  }

  @Override
  public Map<String, String> startupParameters() {
    return Map.of();
  }

  @Override
  public void dedicatedReady(PgServer ready) {
    opening = false;
    server = ready;
    ready.attach(this);
    busy = true;
    asked = new ArrayList<>(subscribers.keySet());
    StringBuilder sql = new StringBuilder("LISTEN ").append(marker).append(';');
    asked.forEach(channel -> append(sql, "LISTEN ", channel));
    ready.sync(sql.toString(), ReplyNote.Sync.AUDIT);
  }

  @Override
  public void dedicatedFailed() {
    opening = false;
    giveUp();
  }

  private void giveUp() {
    List<Order> all = new ArrayList<>(underWay);
    all.addAll(orders);
    underWay = List.of();
    orders.clear();
    all.forEach(order -> order.done().accept(false)); // each of them unsubscribes
  }

  /** Asks the server for what is missing, one query at a time. */
  private void pump() {
    PgServer to = server;
    if (to == null || busy) {
      return;
    }
    underWay = List.copyOf(orders);
    orders.clear();
    Set<String> missing = new HashSet<>();
    underWay.forEach(order -> missing.addAll(order.channels()));
    missing.removeAll(heard);
    StringBuilder sql = new StringBuilder();
    missing.forEach(channel -> append(sql, "LISTEN ", channel));
    for (String channel : List.copyOf(heard)) {
      if (!subscribers.containsKey(channel)) {
        append(sql, "UNLISTEN ", channel);
        heard.remove(channel);
      }
    }
    if (sql.isEmpty()) {
      done(true);
      return;
    }
    asked = List.copyOf(missing);
    busy = true;
    to.sync(sql.toString(), ReplyNote.Sync.AUDIT);
  }

  private static void append(StringBuilder sql, String command, String channel) {
    sql.append(command).append('"').append(channel.replace("\"", "\"\"")).append("\";");
  }

  private void done(boolean well) {
    List<Order> all = underWay;
    underWay = List.of();
    all.forEach(order -> order.done().accept(well));
  }

  @Override
  public void synced(@Nullable String complaint) {
    PgServer from = server;
    if (from == null) {
      return;
    }
    busy = false;
    if (complaint != null) {
      LOG.warn("{}cannot listen for sessions: {}", from, complaint);
      from.close("cannot listen", Refusal.SERVER_CRASHED);
      return;
    }
    heard.addAll(asked);
    asked = List.of();
    if (wasLost) {
      wasLost = false;
      gaps.incrementAndGet();
      for (WorkerListeners each : workers) {
        each.worker().execute(each::gap);
      }
    }
    done(true);
    pump();
  }

  @Override
  public void serverLost(Refusal why) {
    server = null;
    busy = false;
    heard.clear();
    asked = List.of();
    wasLost = !subscribers.isEmpty();
    giveUp();
  }

  // --- what is heard ---

  @Override
  public boolean hides(NotificationResponse notification) {
    if (batch.isEmpty()) {
      home.execute(this::passOn); // all that comes in one read goes out together
    }
    batch.add(notification);
    return true;
  }

  private void passOn() {
    List<NotificationResponse> all = batch;
    batch = new ArrayList<>();
    for (WorkerListeners each : workers) {
      if (each.worker().equals(home)) {
        each.take(all);
      } else {
        each.worker().execute(() -> each.take(all));
      }
    }
  }

  // --- housekeeping ---

  /** Every 333 ms on the control thread. */
  void keepHouse() {
    if (inUse) {
      home.execute(this::tick);
    }
  }

  private void tick() {
    PgServer now = server;
    boolean wanted = !subscribers.isEmpty() || !orders.isEmpty() || !underWay.isEmpty();
    if (now != null && !wanted) {
      now.close("nobody listens");
      pool.listening(false);
      inUse = false;
    } else if (now != null && (pool.pool().held() || pool.runtime().shuttingDownServers())) {
      now.close("pause mode");
    } else if (now == null && wanted && !pool.runtime().shuttingDownServers()) {
      if (opening) {
        pool.retryDedicated(this);
      } else {
        open();
      }
    } else if (now == null && !wanted && opening) {
      pool.leaveDedicated(this);
      pool.listening(false);
      opening = false;
      inUse = false;
    }
    Order oldest = orders.peek();
    if (server == null && oldest != null
        && System.nanoTime() - oldest.sinceNanos() > PATIENCE_NANOS) {
      giveUp();
    }
  }

  // --- what it has no use for ---

  @Override
  public void receive(ByteBuf bytes) {
    bytes.release(); // notices
  }

  @Override
  public boolean congested() {
    return false;
  }

  @Override
  public void parameterChanged(int index, String value) {
    // has none
  }

  @Override
  public void answerFake(byte kind) {
    // asks for nothing of the kind
  }

  @Override
  public void undone(ReplyNote note) {
    // notes nothing
  }

  @Override
  public void statementsDiscarded() {
    // has none
  }

  @Override
  public void readyForQuery(byte status, boolean ready) {
    // all its queries are answered by synced
  }

  @Override
  public void caughtUp() {
    // never asked for
  }

  @Override
  public void audited(ByteBuf row) {
    // asks for no rows
  }

  @Override
  public String toString() {
    return "listener of " + pool;
  }
}
