package dev.weir.app;

import dev.weir.admin.http.MetricsServer;
import dev.weir.admin.table.StatsLogLine;
import dev.weir.app.host.Descriptors;
import dev.weir.core.config.Config;
import dev.weir.core.config.NetworkSettings;
import dev.weir.core.config.ProcessSettings;
import dev.weir.core.control.ListenerView;
import dev.weir.core.control.ProxyControl;
import dev.weir.core.control.ProxyView;
import dev.weir.core.net.Listener;
import dev.weir.core.net.Sockets;
import dev.weir.core.net.Workers;
import dev.weir.core.net.dns.HostResolver;
import dev.weir.core.pg.PgControl;
import dev.weir.core.pg.PgRuntime;
import dev.weir.core.pg.PgView;
import dev.weir.core.session.JoinedView;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A proxy whose parts {@link Wiring} has made. Thread-safe where {@link Proxy} says so. */
final class RunningProxy implements Proxy, PgControl.Surroundings {
  private static final Logger LOG = LoggerFactory.getLogger(RunningProxy.class);

  private final Config startedWith;
  private final Workers workers;
  private final Sockets sockets;
  private final ScheduledExecutorService control;
  private final List<ExecutorService> threads;
  private final HostResolver resolver;
  private final PgRuntime runtime;
  private final ProxyEvents events;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final UnixSocket unixSocket;
  private @Nullable PgControl pgControl;
  private @Nullable PgView pgView;
  private @Nullable JoinedView view;
  private @Nullable MetricsServer metrics;
  private @Nullable MysqlSide mysql;

  RunningProxy(Config config, Workers workers, Sockets sockets, ScheduledExecutorService control,
      List<ExecutorService> threads, HostResolver resolver, PgRuntime runtime, ProxyEvents events) {
    this.startedWith = config;
    this.workers = workers;
    this.sockets = sockets;
    this.control = control;
    this.threads = List.copyOf(threads);
    this.resolver = resolver;
    this.runtime = runtime;
    this.events = events;
    this.unixSocket = UnixSocket.of(config);
  }

  void operatedBy(PgControl by, PgView pools, JoinedView through) {
    pgControl = by;
    pgView = pools;
    view = through;
  }

  /** Has a MySQL half, which ends with it. */
  void with(MysqlSide side) {
    mysql = side;
  }

  /** Serves metrics; beside a draining process its port may become free only later. */
  void serveMetrics(IoSupplier<MetricsServer> starter, boolean patient) throws IOException {
    try {
      metrics = starter.get();
    } catch (IOException e) {
      if (!patient || closed.get()) {
        throw e;
      }
      LOG.info("{}; trying again until the process before us lets go of it", e.getMessage());
      control.schedule(Guarded.of(() -> {
        try {
          serveMetrics(starter, true);
        } catch (IOException unexpected) {
          LOG.error("{}", unexpected.getMessage());
        }
      }), 1, TimeUnit.SECONDS);
    }
  }

  /** Makes something that may fail to open. */
  @FunctionalInterface
  interface IoSupplier<T> {
    T get() throws IOException;
  }

  // --- listeners ---

  /** Listens beside a running process, which then drains; alone when there is none. */
  void takeOver() throws IOException {
    if (!unixSocket.enabled() || unixSocket.path().startsWith("@")) {
      throw new IOException("takeover (-R) needs a unix_socket_dir in the file system");
    }
    try (Takeover running = Takeover.of(unixSocket.file())) {
      if (running == null) {
        LOG.info("no running process answers on unix:{}: starting normally", unixSocket.path());
        listen();
        return;
      }
      if (!startedWith.get(ProcessSettings.SO_REUSEPORT)) {
        throw new IOException(
            "takeover (-R) needs so_reuseport = 1 in the configuration of both processes");
      }
      runtime.predecessor(unixSocket.setAside());
      listen();
      LOG.info("takeover: the running process drains, new clients come here");
      running.drain();
    }
  }

  void listen() throws IOException {
    int port = startedWith.get(ProcessSettings.LISTEN_PORT);
    List<InheritedSockets.Socket> given = InheritedSockets.find(System.getenv());
    if (!given.isEmpty()) {
      for (InheritedSockets.Socket socket : given) {
        if (socket.unix()) {
          throw new IOException("descriptor " + socket.descriptor()
              + " from the service manager is a Unix socket, "
              + "which cannot be adopted: give it TCP sockets (ListenStream=ADDRESS:PORT) or none");
        }
        Descriptors.makeNonBlocking(socket.descriptor());
        Listener listener = sockets.adopt(socket.descriptor(), runtime::accept);
        listeners.add(listener);
        LOG.info("socket activation: listening on {}", listener.address());
      }
      return;
    }
    for (String address : startedWith.get(ProcessSettings.LISTEN_ADDR)) {
      InetSocketAddress at = address.equals("*")
          ? new InetSocketAddress(port)
          : new InetSocketAddress(address, port);
      if (at.isUnresolved()) {
        throw new IOException("listen_addr: cannot resolve " + address);
      }
      Listener listener = sockets.listen(at, runtime::accept);
      listeners.add(listener);
      LOG.info("listening on {}", listener.address());
    }
    if (unixSocket.enabled()) {
      unixSocket.claim();
      listeners.add(sockets.listenUnix(unixSocket.bindPath(), port, runtime::accept));
      unixSocket.bound();
      LOG.info("listening on unix:{}", unixSocket.path());
    }
    if (listeners.isEmpty() && mysql == null) {
      throw new IOException("nowhere to listen: set listen_addr or unix_socket_dir");
    }
  }

  List<ListenerView> listenerViews() {
    List<ListenerView> views = new ArrayList<>();
    listeners
        .forEach(l -> views.add(new ListenerView(l.fd(), l.address().host(), l.address().port())));
    if (mysql != null) {
      views.addAll(mysql.listenerViews());
    }
    return views;
  }

  @Override
  public void stopListening(boolean unixToo) {
    if (mysql != null) {
      mysql.closeTraffic();
    }
    if (startedWith.get(ProcessSettings.SO_REUSEPORT) && metrics != null) {
      metrics.close(); // the sibling that takes our place wants the port
    }
    for (Listener listener : List.copyOf(listeners)) {
      if (unixToo || !listener.unix()) {
        listener.close();
        listeners.remove(listener);
      }
    }
  }

  @Override
  public void accepting(boolean on) {
    listeners.forEach(l -> l.accepting(on));
  }

  @Override
  public void configured(Config config) {
    sockets.options(Wiring.tcp(config));
    sockets.readsPerTurn(config.get(ProcessSettings.SBUF_LOOPCNT));
    if (mysql != null) {
      mysql.socketOptions(Wiring.tcp(config), config.get(ProcessSettings.SBUF_LOOPCNT));
    }
    applyDnsTimes(config);
    if (mysql != null) {
      mysql.configured(config);
    } else if (config.hasMysqlDatabases()) {
      LOG.warn("[mysql_databases] came into the file: its clients are served after a restart");
    }
    events.configLoaded(config);
  }

  void applyDnsTimes(Config config) {
    resolver.remember(config.get(NetworkSettings.DNS_MAX_TTL),
        config.get(NetworkSettings.DNS_NXDOMAIN_TTL));
  }

  // --- statistics ---

  void startStatistics() {
    long period = pgView().statsPeriodSeconds();
    control.scheduleAtFixedRate(Guarded.of(this::statistics), period, period, TimeUnit.SECONDS);
  }

  private void statistics() {
    String line = StatsLogLine.of(joinedView().refreshAverages().average());
    if (pgView().logsStatistics()) {
      LOG.info("{}", line);
    }
    events.statsLine(line);
  }

  // --- Proxy ---

  @Override
  public ProxyControl control() {
    return Objects.requireNonNull(pgControl);
  }

  @Override
  public ProxyView view() {
    return joinedView();
  }

  private JoinedView joinedView() {
    return Objects.requireNonNull(view);
  }

  private PgView pgView() {
    return Objects.requireNonNull(pgView);
  }

  @Override
  public Executor controlThread() {
    return control;
  }

  @Override
  public boolean shuttingDown() {
    return pgView().shuttingDown();
  }

  @Override
  public void exit(int code) {
    exit.complete(code);
  }

  @Override
  public int awaitExit() throws InterruptedException {
    try {
      return exit.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    exit.complete(0);
    if (metrics != null) {
      metrics.close();
    }
    stopListening(true);
    unixSocket.remove();
    runtime.end();
    if (mysql != null) {
      mysql.close();
    }
    control.shutdownNow();
    threads.forEach(ExecutorService::shutdownNow);
    workers.close();
  }
}
