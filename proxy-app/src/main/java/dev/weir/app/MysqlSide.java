package dev.weir.app;

import dev.weir.admin.proxysql.AdminOptions;
import dev.weir.admin.proxysql.Credentials;
import dev.weir.admin.proxysql.ProxysqlAdmin;
import dev.weir.admin.service.AdminServices;
import dev.weir.admin.sqlite.StoreLimits;
import dev.weir.core.config.Config;
import dev.weir.core.config.mysql.CnfException;
import dev.weir.core.config.mysql.CnfReader;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.control.Access;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.ListenerView;
import dev.weir.core.control.LocalEndpoint;
import dev.weir.core.control.StateView;
import dev.weir.core.mysql.MysqlConsole;
import dev.weir.core.mysql.MysqlOperations;
import dev.weir.core.mysql.MysqlPoolsView;
import dev.weir.core.mysql.MysqlRuntime;
import dev.weir.core.mysql.MysqlViews;
import dev.weir.core.mysql.MysqlWatch;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Listener;
import dev.weir.core.net.Sockets;
import dev.weir.core.net.TcpOptions;
import dev.weir.core.net.tls.ClientTls;
import dev.weir.core.net.tls.SelfMadeCertificates;
import dev.weir.core.net.tls.TlsConfigException;
import dev.weir.core.net.tls.TlsMode;
import dev.weir.core.net.tls.TlsOptions;
import dev.weir.core.pg.PgTls;
import dev.weir.core.pool.PoolCommands;
import dev.weir.core.session.SideView;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MySQL half of a proxy: its configuration store, runtime and listeners. Made by {@link Wiring} where a {@code
 * proxysql.cnf} is named or {@code [mysql_databases]} has lines; started and stopped with the proxy.
 */
final class MysqlSide implements MysqlOperations.Surroundings, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlSide.class);
  private static final String DEFAULT_DATADIR = "/var/lib/proxysql";
  private static final String DEFAULT_TRAFFIC = "0.0.0.0:6033";

  private final Sockets sockets;
  private TcpOptions socketOptions;
  private final Executor handshakes;
  /** ProxySQL's, with its certificates and its database; null where {@code weir.ini} alone counts. */
  private final @Nullable Path datadir;
  private final ProxysqlAdmin admin;
  private final MysqlRuntime runtime;
  private final MysqlOperations operations;
  private final Runnable endProcess;
  private final AtomicReference<@Nullable LocalEndpoint> console = new AtomicReference<>();
  private volatile Config config;
  private @Nullable AdminServices services;
  private @Nullable MysqlWatch watch;
  private final List<Listener> traffic = new ArrayList<>();
  private final List<Listener> adminListeners = new ArrayList<>();

  private MysqlSide(Config config, MysqlRuntime.Parts parts, TcpOptions socketOptions,
      @Nullable Path datadir, ProxysqlAdmin admin, Runnable endProcess) {
    this.config = config;
    this.sockets = parts.sockets();
    this.socketOptions = socketOptions;
    this.handshakes = parts.computing();
    this.datadir = datadir;
    this.admin = admin;
    this.runtime = new MysqlRuntime(parts, admin.running());
    this.endProcess = endProcess;
    this.operations = new MysqlOperations(runtime, this);
  }

  /**
   * Reads what to start with. Nothing listens yet.
   *
   * @param datadir in place of the file's; null for that
   * @param parts sockets are this side's own
   * @throws IOException with the text for the operator
   */
  static MysqlSide open(Config config, Path cnf, @Nullable Path datadir, AdminOptions.Saved saved,
      MysqlRuntime.Parts parts, TcpOptions socketOptions, Runnable endProcess)
      throws IOException {
    try {
      Path directory = datadir != null
          ? datadir
          : Path.of(CnfReader.read(cnf).settings().getOrDefault("datadir", DEFAULT_DATADIR));
      Files.createDirectories(directory);
      System.setProperty("org.sqlite.tmpdir", directory.toString()); // for its native library
      ProxysqlAdmin admin = ProxysqlAdmin
          .open(new AdminOptions(directory, cnf, saved, StoreLimits.DEFAULT));
      return new MysqlSide(config, parts, socketOptions, directory, admin, endProcess);
    } catch (CnfException | ControlException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * For {@code [mysql_databases]} alone. What is changed through the admin port holds until the end of the process.
   *
   * @throws IOException with the text for the operator
   */
  static MysqlSide declared(Config config, MysqlRuntime.Parts parts, TcpOptions socketOptions,
      Runnable endProcess) throws IOException {
    try {
      return new MysqlSide(config, parts, socketOptions, null,
          ProxysqlAdmin.open(new AdminOptions(null, null, AdminOptions.Saved.KEPT,
              StoreLimits.DEFAULT, DeclaredVariables.of(config))),
          endProcess);
    } catch (CnfException | ControlException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The pools of this side, for commands of the console. */
  PoolCommands.Side pools() {
    return operations.pools();
  }

  /** The pools of this side, for SHOW and metrics. */
  SideView poolsView(Predicate<String> taken) {
    return new MysqlPoolsView(runtime, taken);
  }

  /** Another {@code weir.ini} counts. On the control thread. */
  void configured(Config changed) {
    config = changed;
    operations.configured(changed);
    if (datadir == null) {
      try {
        reloadTls();
      } catch (IOException e) {
        LOG.error("{}; the old certificates stay", e.getMessage());
      }
    }
  }

  List<ListenerView> listenerViews() {
    return traffic.stream()
        .map(l -> new ListenerView(l.fd(), l.address().host(), l.address().port())).toList();
  }

  ProxysqlAdmin admin() {
    return admin;
  }

  /** From now on statements at the admin port are answered. */
  void serve(LocalEndpoint both, StateView states, Executor controlThread) {
    console.set(both);
    MysqlViews views = new MysqlViews(runtime);
    admin.serve(views, states, operations, controlThread);
    AdminServices made = new AdminServices(admin, views, controlThread);
    admin.onLoaded(made::loaded);
    services = made;
  }

  /** Takes the configuration into force and listens. */
  void listen() throws IOException {
    runtime.writeLogsIn(datadir == null ? Path.of("") : datadir);
    try {
      operations.applyAll(admin.running());
      operations.configured(config);
    } catch (ControlException e) {
      throw new IOException(e.getMessage(), e);
    }
    offerTls();
    keepAlive(variables());
    watch = MysqlWatch.start(runtime, operations.inForce());
    openTraffic();
    if (services != null) {
      services.start();
    }
    listen(variables().text("admin-mysql_ifaces"), "admin-mysql_ifaces", this::acceptAdmin,
        adminListeners);
  }

  private MysqlVariables variables() {
    MysqlConfig config = admin.running();
    return config.variables();
  }

  private LinkHandler acceptAdmin(Link link) {
    LocalEndpoint endpoint = console.get();
    if (endpoint == null) {
      throw new IllegalStateException("not serving yet");
    }
    return MysqlConsole.accept(runtime, link, this::accounts, endpoint);
  }

  private Map<String, MysqlConsole.Account> accounts() {
    MysqlVariables v = variables();
    Map<String, MysqlConsole.Account> all = new HashMap<>();
    DeclaredVariables.consoleUsers(config).forEach((name, access) -> all.put(name,
        new MysqlConsole.Account(String.valueOf(config.authFile().secretOf(name)), access)));
    String monitor = v.text("mysql-monitor_username");
    if (!monitor.isEmpty() && datadir != null) {
      all.put(monitor,
          new MysqlConsole.Account(v.text("mysql-monitor_password"), Access.STATS));
    }
    Credentials.of(v.text("admin-stats_credentials"))
        .forEach((name, secret) -> all.put(name, new MysqlConsole.Account(secret, Access.STATS)));
    Credentials.of(v.text("admin-admin_credentials"))
        .forEach((name, secret) -> all.put(name, new MysqlConsole.Account(secret, Access.ADMIN)));
    return all;
  }

  // --- listeners ---

  @Override
  public void openTraffic() throws IOException {
    String interfaces = variables().text("mysql-interfaces");
    listen(interfaces.isEmpty() ? DEFAULT_TRAFFIC : interfaces, "mysql-interfaces",
        runtime::accept, traffic);
  }

  private void listen(String interfaces, String variable, Function<Link, LinkHandler> accept,
      List<Listener> into) throws IOException {
    for (String each : interfaces.split(";", -1)) {
      String at = each.strip();
      if (at.isEmpty()) {
        continue;
      }
      Listener listener = at.startsWith("/")
          ? sockets.listenUnix(at, 0, accept)
          : sockets.listen(address(at, variable), accept);
      into.add(listener);
      LOG.info("{}: listening on {}", variable, at);
    }
  }

  /** {@code host:port}, {@code *:port} or {@code [v6]:port}. */
  private static InetSocketAddress address(String text, String variable) throws IOException {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      InetSocketAddress address = host.isEmpty() || host.equals("*")
          ? new InetSocketAddress(port)
          : new InetSocketAddress(host, port);
      if (colon >= 0 && !address.isUnresolved()) {
        return address;
      }
    } catch (IllegalArgumentException _) {
      // said below
    }
    throw new IOException(variable + ": " + text + " is not ADDRESS:PORT or the path of a socket");
  }

  @Override
  public void closeTraffic() {
    traffic.forEach(Listener::close);
    traffic.clear();
  }

  @Override
  public void shutdown() {
    endProcess.run();
  }

  /** ProxySQL's clients are offered TLS from the first start on: who has no certificate gets one. */
  private void offerTls() throws IOException {
    Path directory = datadir;
    try {
      if (directory != null && new SelfMadeCertificates(directory.resolve("proxysql-ca.pem"),
          certificate(directory), key(directory)).makeIfMissing()) {
        LOG.info("no certificate was there: made {}, its key and its authority",
            certificate(directory));
      }
      reloadTls();
    } catch (IOException e) {
      if (variables().flag("mysql-have_ssl")) {
        throw e;
      }
      LOG.warn("{} (mysql-have_ssl is false: clients are not offered TLS)", e.getMessage());
    }
  }

  @Override
  public void reloadTls() throws IOException {
    TlsOptions toClients = toClients();
    try {
      ClientTls clients = toClients == null ? null : ClientTls.of(toClients, handshakes);
      runtime.tls(clients);
    } catch (TlsConfigException e) {
      throw new IOException("TLS of the MySQL side: " + e.getMessage(), e);
    }
  }

  /** The process has other socket options: they hold here too, but for when keepalive begins. */
  void socketOptions(TcpOptions changed, int readsPerTurn) {
    socketOptions = changed;
    sockets.readsPerTurn(readsPerTurn);
    keepAlive(variables());
  }

  @Override
  public void keepAlive(MysqlVariables v) {
    sockets.options(socketOptions.serverSpeaksFirst().keepAlive(v.flag("mysql-use_tcp_keepalive"),
        (int) v.whole("mysql-tcp_keepalive_time")));
  }

  /** Null where clients are not offered TLS. */
  private @Nullable TlsOptions toClients() {
    Path directory = datadir;
    return directory == null
        ? PgTls.clientOptions(config)
        : TlsOptions.of(TlsMode.PREFER).identity(key(directory).toString(),
            certificate(directory).toString());
  }

  private static Path certificate(Path directory) {
    return directory.resolve("proxysql-cert.pem");
  }

  private static Path key(Path directory) {
    return directory.resolve("proxysql-key.pem");
  }

  void keepHouse() {
    runtime.keepHouse(System.nanoTime());
  }

  @Override
  public void close() {
    closeTraffic();
    adminListeners.forEach(Listener::close);
    if (services != null) {
      services.close();
    }
    if (watch != null) {
      watch.close();
    }
    runtime.close();
    admin.close();
    runtime.closeLogs();
  }
}
