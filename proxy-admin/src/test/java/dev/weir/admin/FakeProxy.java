package dev.weir.admin;

import dev.weir.core.control.ConnectionView;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.DatabaseView;
import dev.weir.core.control.DnsView;
import dev.weir.core.control.LedgerView;
import dev.weir.core.control.ListCounts;
import dev.weir.core.control.ListenerView;
import dev.weir.core.control.PeerView;
import dev.weir.core.control.PinView;
import dev.weir.core.control.PoolView;
import dev.weir.core.control.Protocol;
import dev.weir.core.control.ProxyControl;
import dev.weir.core.control.ProxyView;
import dev.weir.core.control.RouteView;
import dev.weir.core.control.SettingView;
import dev.weir.core.control.SlabView;
import dev.weir.core.control.Traffic;
import dev.weir.core.control.UserView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A proxy made of fixed facts; remembers what it was told to do. Confined to one thread at a time. */
public final class FakeProxy implements ProxyView, ProxyControl {
  /** What was called, for example {@code pause shop}. */
  public final List<String> calls = new ArrayList<>();
  /** What PAUSE, SUSPEND and WAIT_CLOSE wait for. */
  public CompletableFuture<Void> until = CompletableFuture.completedFuture(null);
  /** Thrown by the next call of a control method. */
  public @Nullable RuntimeException failure;
  public boolean paused;
  public boolean suspended;
  public boolean shuttingDown;
  public List<ListenerView> listeners = List.of(new ListenerView(5, "127.0.0.1", 6432),
      new ListenerView(6, "unix", 6432));
  public List<PoolView> pools = List.of(
      new PoolView(Protocol.POSTGRESQL, "pgbouncer", "pgbouncer", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
          0, "statement", null,
          2),
      new PoolView(Protocol.POSTGRESQL, "shop", "ada", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 2_500_001,
          "transaction",
          "round-robin", 20));

  public static final ConnectionView CLIENT = new ConnectionView('C', "ada", "shop", "none",
      "cl_active", "active", "10.0.0.7", 40001,
      "10.0.0.1", 6432, Instant.parse("2026-01-02T03:04:05Z"),
      Instant.parse("2026-07-02T03:04:06Z"), 3_000_042, false,
      0xabcL, 0xdefL, 0, "", "psql", 2, 17, new ConnectionView.Buffers(5, 6, 7),
      new ConnectionView.Parameters("UTF8", "on", "ISO", "UTC"), 987654321L, 11);
  public static final ConnectionView SERVER = new ConnectionView('S', "ada", "shop", "none",
      "sv_active", "active", "10.0.0.9", 5432,
      "10.0.0.1", 50001, Instant.parse("2026-01-02T03:04:05Z"), null, 0, true,
      0xdefL, 0xabcL, 4242, "", "", 1, 18, new ConnectionView.Buffers(0, 0, 0),
      new ConnectionView.Parameters("UTF8", "on", null, null), 123L, 12);
  public static final ConnectionView LOGIN = new ConnectionView('C', "(nouser)", "(nodb)", "none",
      "cl_login", "login", "unix", 6432,
      "unix", 6432, Instant.parse("2026-01-02T03:04:05Z"), null, 0, false,
      0x123L, 0, 77, "", "", 0, 3_000_000_000L, new ConnectionView.Buffers(0, 0, 0),
      new ConnectionView.Parameters(null, null, null, null), 0, 13);
  public static final ConnectionView TLS_CLIENT = new ConnectionView('C', "bob", "shop", "none",
      "cl_active", "idle", "10.0.0.8", 40002,
      "10.0.0.1", 6432, Instant.parse("2026-01-02T03:04:05Z"), null, 0, false,
      0x456L, 0, 0, "TLSv1.3/TLS_AES_256_GCM_SHA384", "", 0, 19,
      new ConnectionView.Buffers(0, 0, 1),
      new ConnectionView.Parameters(null, null, null, null), 5, 14);
  public static final ConnectionView CONSOLE = new ConnectionView('C', "root", "pgbouncer", "none",
      "cl_active", "idle", "unix", 6432,
      "unix", 6432, Instant.parse("2026-01-02T03:04:05Z"), null, 0, false,
      0x789L, 0, 78, "", "psql", 0, 20, new ConnectionView.Buffers(0, 0, 0),
      new ConnectionView.Parameters(null, null, null, null), 6, 15);

  @Override
  public List<PinView> pins() {
    return List.of(new PinView(Protocol.MYSQL, 17, "shop", "ada", "temporary table",
        "CREATE TEMPORARY TABLE t (a int)", Instant.parse("2026-01-02T03:04:05Z"),
        "DROP TABLE (t)"));
  }

  @Override
  public List<LedgerView> ledgers() {
    return List.of(new LedgerView(17, "user variable", "@db_password", "'geheim'"),
        new LedgerView(17, "setting", "time_zone", "+02:00"));
  }

  @Override
  public @Nullable List<LedgerView> ledger(long clientId) {
    return clientId == 17 ? ledgers() : null;
  }

  @Override
  public @Nullable List<RouteView> explain(String sql, long clientId) {
    return clientId == 0 || clientId == 17
        ? List.of(new RouteView(Protocol.MYSQL, "of " + clientId, sql))
        : null;
  }

  @Override
  public List<ConnectionView> clients() {
    return List.of(CONSOLE, CLIENT, TLS_CLIENT);
  }

  @Override
  public List<ConnectionView> servers() {
    return List.of(SERVER);
  }

  @Override
  public List<ConnectionView> sockets() {
    return List.of(CONSOLE, CLIENT, TLS_CLIENT, SERVER, LOGIN);
  }

  @Override
  public List<PoolView> pools() {
    return pools;
  }

  @Override
  public List<PeerView> peers() {
    return List.of(new PeerView(1, "10.1.0.1", 6432, 20, 1, 2, 3, 4),
        new PeerView(2, null, 6432, 0, 0, 0, 0, 0));
  }

  @Override
  public List<DatabaseView> databases() {
    return List.of(
        new DatabaseView(Protocol.POSTGRESQL, "pgbouncer", null, 6432, "pgbouncer", "pgbouncer", 2,
            0, 0, 3600,
            "statement", null, 0, 0, 0, 1, false, false),
        new DatabaseView(Protocol.POSTGRESQL, "shop", "db1,db2", 5432, "shop_live", null, 20, 1, 5,
            1800, null,
            "disable", 50, 12, 100, 3, true, false));
  }

  @Override
  public List<UserView> users() {
    return List.of(new UserView("ada", null, null, null, 0, 1, 0, 2),
        new UserView("bob", 7, 123, "session", 10, 3, 11, 4));
  }

  @Override
  public ListCounts lists() {
    return new ListCounts(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
  }

  @Override
  public List<DatabaseTraffic> traffic() {
    return List.of(new DatabaseTraffic(Protocol.POSTGRESQL, "shop",
        new Traffic(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
        new Traffic(21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32)));
  }

  @Override
  public DatabaseTraffic totalTraffic() {
    return new DatabaseTraffic(Protocol.POSTGRESQL, "",
        new Traffic(101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112),
        new Traffic(121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132));
  }

  @Override
  public List<DnsView> dnsHosts() {
    return List.of(new DnsView("db1", 14, List.of("10.0.0.9:0", "[::1]:0")));
  }

  @Override
  public List<ListenerView> listeners() {
    return listeners;
  }

  @Override
  public List<SlabView> memory() {
    return List.of(new SlabView("client_cache", 400, 3, 47, 20_000));
  }

  @Override
  public List<SettingView> settings() {
    return List.of(new SettingView("max_client_conn", "200", "100", true),
        new SettingView("max_user_connections", "0", "0", true),
        new SettingView("unix_socket_dir", null, "/tmp", false));
  }

  @Override
  public boolean paused() {
    return paused;
  }

  @Override
  public boolean suspended() {
    return suspended;
  }

  @Override
  public boolean shuttingDown() {
    return shuttingDown;
  }

  @Override
  public long startedEpochSeconds() {
    return 1_767_225_600;
  }

  @Override
  public void reload() {
    did("reload");
  }

  @Override
  public @Nullable String set(String key, String value) {
    did("set " + key + "=" + value);
    return value.equals("noticed") ? "a notice" : null;
  }

  @Override
  public CompletionStage<Void> pause(@Nullable String database) {
    did("pause " + database);
    return until;
  }

  @Override
  public void resume(@Nullable String database) {
    did("resume " + database);
  }

  @Override
  public CompletionStage<Void> suspend() {
    did("suspend");
    return until;
  }

  @Override
  public void disable(String database) {
    did("disable " + database);
  }

  @Override
  public void enable(String database) {
    did("enable " + database);
  }

  @Override
  public void reconnect(@Nullable String database) {
    did("reconnect " + database);
  }

  @Override
  public void kill(@Nullable String database) {
    did("kill " + database);
  }

  @Override
  public void killClient(long id) {
    did("killClient " + id);
    if (id != CLIENT.id()) {
      throw new ControlException("client not found");
    }
  }

  @Override
  public CompletionStage<Void> waitClose(@Nullable String database) {
    did("waitClose " + database);
    return until;
  }

  @Override
  public void shutdown(ShutdownMode mode) {
    did("shutdown " + mode);
  }

  @Override
  public void interruptPause() {
    did("interruptPause");
  }

  private void did(String call) {
    calls.add(call);
    if (failure != null) {
      throw failure;
    }
  }
}
