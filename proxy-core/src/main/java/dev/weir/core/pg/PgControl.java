package dev.weir.core.pg;

import dev.weir.core.config.Config;
import dev.weir.core.config.ConfigException;
import dev.weir.core.config.ConfigReader;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.config.PoolSettings;
import dev.weir.core.config.ProcessSettings;
import dev.weir.core.config.TlsSettings;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.ProxyControl;
import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.PoolCommands;
import dev.weir.core.pool.PoolGroup;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators do, and the PostgreSQL side's housekeeping, which runs every 333 ms. What is done to pools is {@link
 * PoolCommands}' matter, for both protocols. Confined to the control thread.
 */
public final class PgControl implements ProxyControl {
  private static final Logger LOG = LoggerFactory.getLogger(PgControl.class);

  /** What the process around does for a command. */
  public interface Surroundings {
    /** A configuration has come into force: logging, listeners' options and the like. */
    void configured(Config config);

    /** Stops accepting: on TCP, or everywhere. */
    void stopListening(boolean unixToo);

    /** Accepts again, or holds off while suspended. */
    void accepting(boolean on);

    /** Ends the process. */
    void exit(int code);
  }

  private final PgRuntime runtime;
  private final Surroundings surroundings;
  private final PoolCommands pools = new PoolCommands();
  private long suspendedSinceNanos;

  public PgControl(PgRuntime runtime, Surroundings surroundings) {
    this.runtime = runtime;
    this.surroundings = surroundings;
    pools.add(new PostgresPools());
  }

  /** Commands reach the pools of another protocol too. */
  public void with(PoolCommands.Side other) {
    pools.add(other);
  }

  // --- housekeeping ---

  /** Every 333 ms. */
  public void keepHouse() {
    long now = System.nanoTime();
    if (!runtime.suspended()) {
      for (Database database : List.copyOf(runtime.databases().values())) {
        String forced = database.entry().user();
        if (forced != null && runtime.config().minPoolSize(database.entry()) > 0
            && !database.removed()) {
          runtime.pool(database, forced); // filled without a client
        }
        for (PgPool pool : List.copyOf(database.pools().values())) {
          pool.keepHouse(now);
          dropIdlePool(database, pool, now);
        }
        dropIdleDatabase(database, now);
      }
      runtime.peers().keepHouse(now);
    } else if (suspendedTooLong(now)) {
      eachSession(session -> {
        if (session.link().unsentBytes() > 0) {
          session.refuse(Refusal.SUSPEND_TIMEOUT);
        }
      });
      eachServer(server -> {
        if (unsent(server)) {
          server.close("suspend_timeout", Refusal.SUSPEND_TIMEOUT);
        }
      });
    }
    pools.advance();
  }

  private boolean suspendedTooLong(long now) {
    long limit = runtime.config().get(ProcessSettings.SUSPEND_TIMEOUT).toNanos();
    return limit > 0 && suspendedSinceNanos != 0 && now - suspendedSinceNanos > limit;
  }

  private void dropIdlePool(Database database, PgPool pool, long now) {
    long limit = runtime.config().get(PoolSettings.POOL_IDLE_TIMEOUT).toNanos();
    boolean kept = database.entry().user() != null
        && runtime.config().minPoolSize(database.entry()) > 0;
    boolean empty = pool.clients().get() == 0 && pool.pool().total() == 0
        && pool.awaitingLogins() == 0
        && !pool.pool().isWaiting();
    if (limit > 0 && empty && !kept && pool.unusedNanos(now) > limit) {
      LOG.info("cleaning up idle pool for user {} on db {} because: pool idle timeout (age={}s)",
          pool.userName(),
          database.name(), pool.unusedNanos(now) / 1_000_000_000L);
      database.pools().remove(pool.userName(), pool);
      pool.pool().dissolve();
    }
  }

  private void dropIdleDatabase(Database database, long now) {
    if (!database.unused()) {
      database.touched(now);
      return;
    }
    long limit = runtime.config().get(PoolSettings.AUTODB_IDLE_TIMEOUT).toNanos();
    if (database.auto() && !database.paused() && limit > 0
        && now - database.unusedSinceNanos() > limit) {
      LOG.warn("dropping database '{}' as it does not exist anymore or inactive auto-database",
          database.name());
      runtime.databases().remove(database.name());
      database.pools().values().forEach(pool -> pool.pool().dissolve());
    }
  }

  // --- configuration ---

  @Override
  public void reload() {
    Config old = runtime.config();
    Config fresh;
    try {
      fresh = ConfigReader.read(old.file(), old);
    } catch (ConfigException e) {
      LOG.warn("config file loading failed: {}", e.getMessage());
      throw new ControlException("F0000", "RELOAD failed, see logs for additional details");
    }
    fresh.warnings().forEach(LOG::warn);
    boolean tlsChanged;
    try {
      tlsChanged = runtime.tls().apply(fresh);
    } catch (PgTls.TlsRefused e) {
      LOG.error("TLS setup failed: {}", e.getMessage());
      LOG.warn("TLS configuration could not be reloaded, keeping old configuration");
      throw new ControlException("F0000", "RELOAD failed, see logs for additional details");
    }
    apply(old, fresh);
    if (tlsChanged) {
      runtime.pools().forEach(PgPool::tagDirty);
    }
  }

  /** Brings databases and pools after a configuration. */
  private void apply(Config old, Config fresh) {
    runtime.config(fresh);
    for (DatabaseEntry entry : fresh.databases().values()) {
      Database known = runtime.databases().get(entry.name());
      if (known == null || known.auto()) {
        if (known != null) {
          remove(known);
        }
        runtime.databases().put(entry.name(), runtime.newDatabase(entry, false));
      } else {
        change(known, entry);
      }
    }
    for (Database database : List.copyOf(runtime.databases().values())) {
      if (database.auto()) {
        DatabaseEntry template = fresh.template();
        if (template != null && !template.equals(old.template())) {
          database.entry(template.instantiate(database.name()));
          database.pools().values().forEach(PgPool::tagDirty);
        }
      } else if (!fresh.databases().containsKey(database.name())) {
        remove(database);
      }
    }
    for (Database database : runtime.databases().values()) {
      database.servers().max(fresh.maxDbConnections(database.entry()));
      database.pools().values().forEach(PgPool::refresh);
    }
    runtime.users().forEach(user -> user.servers().max(fresh.maxUserConnections(user.name())));
    surroundings.configured(fresh);
  }

  private static void change(Database database, DatabaseEntry to) {
    DatabaseEntry from = database.entry();
    database.entry(to);
    if (mustReconnect(from, to)) {
      database.pools().values().forEach(PgPool::tagDirty);
    }
  }

  /** Changes that existing server connections cannot follow. */
  private static boolean mustReconnect(DatabaseEntry from, DatabaseEntry to) {
    return !from.serverDatabase().equals(to.serverDatabase())
        || !from.hosts().equals(to.hosts())
        || from.port() != to.port()
        || !Objects.equals(from.user(), to.user())
        || !Objects.equals(from.connectQuery(), to.connectQuery())
        || !Objects.equals(from.authDbname(), to.authDbname())
        || !Objects.equals(from.authQuery(), to.authQuery())
        || from.loadBalanceHosts() != to.loadBalanceHosts();
  }

  private void remove(Database database) {
    database.markRemoved();
    runtime.databases().remove(database.name(), database);
    drop(database);
  }

  /** Closes all clients and servers of a database. */
  private void drop(Database database) {
    for (PgPool pool : List.copyOf(database.pools().values())) {
      pool.pool().hold(true);
      pool.servers().forEach(server -> server.worker()
          .execute(() -> server.close("database removed", Refusal.DATABASE_REMOVED)));
    }
    eachSession(session -> {
      PgPool its = session.poolOrNull();
      ClientLogin login = session.loginOrNull();
      PgPool its2 = its != null || login == null ? its : login.pool();
      if (its2 != null && its2.database().equals(database)) {
        session.refuse(Refusal.DATABASE_REMOVED);
      }
    });
  }

  @Override
  public @Nullable String set(String key, String value) {
    Config old = runtime.config();
    Config fresh;
    try {
      fresh = old.with(key, value);
    } catch (ConfigException e) {
      LOG.warn("SET failed: {}", e.getMessage());
      throw new ControlException("SET failed");
    }
    String notice = null;
    boolean tlsChanged = false;
    if (TlsSettings.has(key)) { // those of TLS are set one by one and need not fit together in between
      try {
        tlsChanged = runtime.tls().apply(fresh);
      } catch (PgTls.TlsRefused e) {
        LOG.error("TLS setup failed: {}", e.getMessage());
        notice = "TLS settings could not be applied, still using old configuration";
      }
    }
    apply(old, fresh);
    if (tlsChanged) {
      runtime.pools().forEach(PgPool::tagDirty);
    }
    return notice;
  }

  // --- pause, suspend, kill ---

  @Override
  public CompletionStage<Void> pause(@Nullable String name) {
    requireActive();
    return pools.pause(name);
  }

  private void requireActive() {
    if (pools.paused() || runtime.suspended()) {
      throw new ControlException("already suspended/paused");
    }
  }

  @Override
  public void resume(@Nullable String name) {
    if (runtime.shuttingDown()) {
      throw new ControlException("pooler is shutting down");
    }
    if (name != null) {
      pools.resume(name);
    } else if (runtime.suspended() || pools.paused()) {
      resumeAll();
    } else {
      throw new ControlException("pooler is not paused/suspended");
    }
  }

  private void resumeAll() {
    if (runtime.suspended()) {
      runtime.suspended(false);
      suspendedSinceNanos = 0;
      eachSession(session -> session.suspend(false));
      eachServer(server -> server.suspend(false));
      surroundings.accepting(true);
    }
    pools.resumeAll();
  }

  @Override
  public CompletionStage<Void> suspend() {
    requireActive();
    if (pools.anyPausedByName()) {
      throw new ControlException("cannot suspend with paused databases");
    }
    runtime.suspended(true);
    suspendedSinceNanos = System.nanoTime();
    surroundings.accepting(false);
    eachSession(session -> {
      if (session.state() != PgSession.State.LOCAL) {
        session.suspend(true);
      }
    });
    eachServer(server -> server.suspend(true));
    return pools.until(() -> !runtime.suspended() || flushed());
  }

  /** All that was read before has been sent on. */
  private boolean flushed() {
    AtomicBoolean clean = new AtomicBoolean(true);
    PgView.onEveryWorker(runtime, (worker, own) -> {
      boolean unsent = own.stream().anyMatch(session -> session.link().unsentBytes() > 0)
          || serversOf(worker).stream().anyMatch(PgControl::unsent);
      if (unsent) {
        clean.set(false);
      }
    });
    return clean.get();
  }

  private static boolean unsent(PgServer server) {
    Link link = server.linkOrNull();
    return link != null && link.unsentBytes() > 0;
  }

  @Override
  public void disable(String name) {
    pools.disable(name);
  }

  @Override
  public void enable(String name) {
    pools.enable(name);
  }

  @Override
  public void reconnect(@Nullable String name) {
    pools.reconnect(name);
  }

  @Override
  public void kill(@Nullable String name) {
    requireActive();
    pools.kill(name);
  }

  @Override
  public void killClient(long id) {
    pools.killClient(id);
  }

  @Override
  public CompletionStage<Void> waitClose(@Nullable String name) {
    return pools.waitClose(name);
  }

  /** The pools of this side. */
  private final class PostgresPools implements PoolCommands.Side {
    @Override
    public List<Database> groups() {
      return List.copyOf(runtime.databases().values());
    }

    @Override
    public @Nullable Database known(String name) {
      return runtime.databases().get(name);
    }

    @Override
    public @Nullable Database find(String name) {
      return runtime.findDatabase(name);
    }

    @Override
    public void hold(boolean on) {
      runtime.paused(on);
    }

    @Override
    public void drop(PoolGroup group) {
      PgControl.this.drop((Database) group);
    }

    @Override
    public void refuseServers(Refusal why) {
      runtime.pools().forEach(pool -> pool.refuseLogins(why));
    }

    @Override
    public boolean killClient(long id) {
      AtomicBoolean found = new AtomicBoolean();
      eachSessionNow(session -> {
        if (session.id() == id && session.state() != PgSession.State.CLOSED) {
          found.set(true);
          session.refuse(Refusal.FORCED_DISCONNECT);
        }
      });
      return found.get();
    }

    @Override
    public int clients() {
      return runtime.clientCount();
    }
  }

  // --- shutdown ---

  @Override
  public void shutdown(ShutdownMode mode) {
    switch (mode) {
      case IMMEDIATE -> {
        surroundings.exit(0);
      }
      case WAIT_FOR_SERVERS -> {
        runtime.shutdown(PgRuntime.Shutdown.WAIT_FOR_SERVERS);
        surroundings.stopListening(false);
        pools.refuseServers(Refusal.SERVER_SHUTTING_DOWN).thenRun(() -> {
          LOG.info("server connections dropped, exiting");
          surroundings.exit(0);
        });
      }
      case WAIT_FOR_CLIENTS -> {
        runtime.shutdown(PgRuntime.Shutdown.WAIT_FOR_CLIENTS);
        surroundings.stopListening(false);
        pools.untilNoClients().thenRun(() -> {
          LOG.info("client connections dropped, exiting");
          surroundings.exit(0);
        });
      }
    }
  }

  public boolean shuttingDown() {
    return runtime.shuttingDown();
  }

  @Override
  public void interruptPause() {
    if (!runtime.shuttingDown() && (pools.paused() || runtime.suspended())) {
      resumeAll();
    }
  }

  /** The last console has gone while everything is suspended: nobody could resume any more. */
  public void consolesGone() {
    if (runtime.suspended() && !runtime.shuttingDown()) {
      LOG.info("admin disappeared when suspended, doing RESUME");
      resumeAll();
    }
  }

  // --- sessions ---

  /** Runs the step for every session on its worker, without waiting. */
  private void eachSession(Consumer<PgSession> step) {
    List<Set<PgSession>> all = runtime.sessionsByWorker();
    for (int i = 0; i < all.size(); i++) {
      Set<PgSession> own = all.get(i);
      runtime.workers().get(i).execute(() -> List.copyOf(own).forEach(step));
    }
  }

  /** Runs the step for every server connection on its worker, without waiting. */
  private void eachServer(Consumer<PgServer> step) {
    for (Worker worker : runtime.workers()) {
      worker.execute(() -> serversOf(worker).forEach(step));
    }
  }

  /** Asked on this very worker: then none of them leaves it meanwhile. */
  private List<PgServer> serversOf(Worker worker) {
    return runtime.pools().stream().flatMap(pool -> pool.servers().stream())
        .filter(server -> server.worker().equals(worker)).toList();
  }

  /** As {@link #eachSession}, and returns when it has been done. */
  private void eachSessionNow(Consumer<PgSession> step) {
    PgView.onEveryWorker(runtime, (worker, own) -> List.copyOf(own).forEach(step));
  }
}
