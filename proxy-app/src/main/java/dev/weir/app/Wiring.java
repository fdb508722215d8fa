package dev.weir.app;

import dev.weir.admin.console.AdminConsole;
import dev.weir.admin.console.Console;
import dev.weir.admin.http.MetricsLimits;
import dev.weir.admin.http.MetricsServer;
import dev.weir.app.host.Account;
import dev.weir.core.config.Config;
import dev.weir.core.config.HostPort;
import dev.weir.core.config.NetworkSettings;
import dev.weir.core.config.ProcessSettings;
import dev.weir.core.config.TransportChoice;
import dev.weir.core.config.WeirSettings;
import dev.weir.core.control.LocalEndpoint;
import dev.weir.core.mysql.MysqlRuntime;
import dev.weir.core.net.Sockets;
import dev.weir.core.net.TcpOptions;
import dev.weir.core.net.Transport;
import dev.weir.core.net.Workers;
import dev.weir.core.net.dns.HostResolver;
import dev.weir.core.pg.PgControl;
import dev.weir.core.pg.PgRuntime;
import dev.weir.core.pg.PgTls;
import dev.weir.core.pg.PgView;
import dev.weir.core.session.JoinedView;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the long-lived parts of a proxy and joins them: the one place where they are made. */
public final class Wiring implements ProxyFactory {
  private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);
  /** Key derivations and directory questions that may wait; more are refused. */
  private static final int COMPUTING_QUEUE = 1000;
  private static final int BLOCKING_THREADS = 16;
  private static final int HOUSEKEEPING_MILLIS = 333;

  @Override
  public Proxy start(Config config, Options options, ProxyEvents events)
      throws IOException, InterruptedException {
    Transport transport = transport(config);
    int count = config.get(WeirSettings.WORKERS);
    Workers workers = Workers.start(count > 0 ? count : Runtime.getRuntime().availableProcessors(),
        transport);
    Sockets sockets = sockets(workers, config);
    ScheduledExecutorService control = new ScheduledThreadPoolExecutor(1, daemon("control"));
    int cores = Runtime.getRuntime().availableProcessors();
    ThreadPoolExecutor computing = new ThreadPoolExecutor(cores, cores, 60, TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(COMPUTING_QUEUE), daemon("login"));
    AtomicReference<LocalEndpoint> console = new AtomicReference<>();
    ThreadPoolExecutor blocking = new ThreadPoolExecutor(BLOCKING_THREADS, BLOCKING_THREADS, 60,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(COMPUTING_QUEUE), daemon("directory"));
    blocking.allowCoreThreadTimeOut(true);
    AtomicReference<PgRuntime> itself = new AtomicReference<>();
    HostResolver resolver = HostResolver.ofSystem((host, lost) -> {
      PgRuntime started = itself.get();
      if (started != null) {
        started.addressesLost(host, lost);
      }
    });
    PgTls tls = new PgTls(computing);
    PgRuntime runtime = new PgRuntime(
        new PgRuntime.Parts(workers, sockets, resolver::next, computing, blocking, new SystemAuth(),
            tls, client -> console.get().open(client), Account::nameOf, Account.current().uid()),
        config);
    itself.set(runtime);
    RunningProxy proxy = new RunningProxy(config, workers, sockets, control,
        List.of(computing, blocking), resolver, runtime, events);
    PgView pgView = new PgView(runtime, proxy::listenerViews, resolver::snapshot);
    JoinedView view = new JoinedView(pgView, pgView);
    PgControl pgControl = new PgControl(runtime, proxy);
    proxy.operatedBy(pgControl, pgView, view);
    Console pgConsole = new Console(view, pgControl, control);
    console.set(pgConsole);
    boolean started = false;
    try {
      tls.apply(config);
      MysqlSide mysql = mysqlSide(config, options,
          new MysqlRuntime.Parts(workers, sockets(workers, config), resolver::next, computing,
              runtime::nextId),
          proxy);
      if (mysql != null) {
        proxy.with(mysql);
        pgControl.with(mysql.pools());
        view.add(mysql.poolsView(runtime::hasDatabase));
        AdminConsole both = new AdminConsole(pgConsole, mysql.admin());
        console.set(both);
        mysql.serve(both, control);
        mysql.listen();
        control.scheduleWithFixedDelay(Guarded.of(mysql::keepHouse), HOUSEKEEPING_MILLIS,
            HOUSEKEEPING_MILLIS, TimeUnit.MILLISECONDS);
      }
      proxy.applyDnsTimes(config);
      if (options.reboot()) {
        LOG.warn(
            "online restart (-R) is deprecated in PgBouncer; here it starts beside the running process");
        proxy.takeOver();
      } else {
        proxy.listen();
      }
      HostPort http = config.get(WeirSettings.HTTP_LISTEN);
      if (http != null) {
        proxy.serveMetrics(
            () -> MetricsServer.start(http(http), view, view, control, MetricsLimits.DEFAULT),
            options.reboot());
      }
      control.scheduleWithFixedDelay(Guarded.of(pgControl::keepHouse), HOUSEKEEPING_MILLIS,
          HOUSEKEEPING_MILLIS,
          TimeUnit.MILLISECONDS);
      proxy.startStatistics();
      started = true;
      return proxy;
    } catch (PgTls.TlsRefused e) {
      throw new IOException("TLS setup failed: " + e.getMessage(), e);
    } finally {
      if (!started) {
        proxy.close();
      }
    }
  }

  /** Each protocol has its own: they differ in keepalive. */
  private static Sockets sockets(Workers workers, Config config) {
    Sockets sockets = new Sockets(workers, tcp(config));
    sockets.readsPerTurn(config.get(ProcessSettings.SBUF_LOOPCNT));
    return sockets;
  }

  private static @Nullable MysqlSide mysqlSide(Config config, Options options,
      MysqlRuntime.Parts parts, RunningProxy proxy) throws IOException {
    String cnf = config.get(WeirSettings.PROXYSQL_CONFIG);
    if (cnf.isEmpty()) {
      return config.hasMysqlDatabases()
          ? MysqlSide.declared(config, parts, tcp(config), () -> proxy.exit(0))
          : null;
    }
    return MysqlSide.open(config, Path.of(cnf), options.datadir(), options.saved(), parts,
        tcp(config), () -> proxy.exit(0));
  }

  private static InetSocketAddress http(HostPort at) {
    return at.host().equals("*")
        ? new InetSocketAddress(at.port())
        : new InetSocketAddress(at.host(), at.port());
  }

  private static ThreadFactory daemon(String name) {
    return Thread.ofPlatform().daemon().name(name).factory();
  }

  private static Transport transport(Config config) throws IOException {
    TransportChoice choice = config.get(WeirSettings.TRANSPORT);
    return switch (choice) {
      case AUTO -> Transport.best();
      case NIO -> Transport.NIO;
      case EPOLL, EPOLL_CHANNELS -> {
        if (Transport.best() != Transport.EPOLL) {
          throw new IOException("transport = " + choice.spelling()
              + ": the native library does not load on this system; use nio or auto");
        }
        yield choice == TransportChoice.EPOLL ? Transport.EPOLL : Transport.EPOLL_CHANNELS;
      }
    };
  }

  static TcpOptions tcp(Config config) {
    return new TcpOptions(
        config.get(NetworkSettings.TCP_KEEPALIVE),
        config.get(NetworkSettings.TCP_KEEPCNT),
        config.get(NetworkSettings.TCP_KEEPIDLE),
        config.get(NetworkSettings.TCP_KEEPINTVL),
        config.get(NetworkSettings.TCP_USER_TIMEOUT),
        config.get(NetworkSettings.TCP_SOCKET_BUFFER),
        config.get(NetworkSettings.TCP_DEFER_ACCEPT),
        config.get(ProcessSettings.LISTEN_BACKLOG),
        config.get(ProcessSettings.SO_REUSEPORT));
  }
}
