package dev.weir.core.mysql;

import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.error.Refusal;
import dev.weir.core.metrics.TrafficCounters;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.ServerState;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.ComQuery;
import dev.weir.mysql.packet.ComSimple;
import dev.weir.mysql.packet.ComStmtClose;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.Packet;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a MySQL or MariaDB server, from the end of its login on; {@link MysqlServerLogin} comes before. Runs one
 * command at a time, of the session that has it or of ours, whose response its {@link MysqlRelay} follows, and knows what
 * the session on the server looks like. Confined to its worker, except where a method says otherwise.
 */
final class MysqlServer extends PooledConnection
    implements
      LinkHandler,
      MysqlServerLogin.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlServer.class);
  /** Longest a check or a reset may take. */
  private static final long OWN_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);
  /** Switches reports on for everything that can be reported. */
  private static final String TRACKING = "SET SESSION session_track_system_variables='*', "
      + "session_track_schema=ON, session_track_state_change=ON, "
      + "session_track_transaction_info='CHARACTERISTICS'";

  /** MariaDB has no such variable: it reports last_gtid with the others. */
  private static final String GTIDS = ", session_track_gtids=";

  private final MysqlPool owner;
  private final long id;
  private final Instant connectTime = Instant.now();
  private final MysqlRelay relay = new MysqlRelay(this);
  private final ServerStatements statements = new ServerStatements();
  private final SessionBasis basis = new SessionBasis();
  private volatile Worker worker;
  private volatile @Nullable Link link;
  private @Nullable MysqlServerLogin login;
  private @Nullable CompressionStage compression;
  private @Nullable MysqlSession tenant;
  /** Counts for the tenant, on this worker. */
  private TrafficCounters traffic;
  private boolean readsPaused;
  private boolean forwarding;
  private boolean closed;
  private boolean moving;
  private @Nullable String retireAfterMove;

  private long capabilities;
  private volatile long threadId;
  private String version = "";
  private boolean oldNames;
  private boolean tracksGtids;
  private boolean tracks;
  private volatile SessionVariables variables = SessionVariables.NONE;
  private volatile String schema = "";
  private long lastInsertId;
  private boolean pinged;
  private int kills;
  private boolean dirtyAfterKill;

  MysqlServer(MysqlPool owner, Worker worker, long nowNanos) {
    super(owner.pool(), ServerState.LOGIN, nowNanos);
    this.owner = owner;
    this.worker = worker;
    this.traffic = owner.account().metrics(worker).traffic();
    this.id = owner.runtime().nextId();
  }

  // --- birth ---

  void open() {
    login = new MysqlServerLogin(this, owner, owner.target().row().compression());
    login.start();
  }

  @Override
  public void connected(Link to) {
    link = to;
  }

  /** The server has let us in; what every session needs is set before anybody gets the connection. */
  @Override
  public void loggedIn(long agreed, long thread, String serverVersion) {
    login = null;
    capabilities = agreed;
    threadId = thread;
    version = serverVersion;
    oldNames = ServerNames.areOld(serverVersion);
    link().handler(this);
    if (CompressionStage.isAgreed(agreed)) {
      compression = CompressionStage.toServer(owner.runtime(), this, link(), agreed);
      link().pass(compression, null);
    }
    owner.connected();
    if (owner.isOwn()) {
      variables = owner.initialVariables(); // nothing is to be seen of us there
      basis.begin(variables);
      initialise(owner.target().rules().initConnect(), 0);
    } else {
      setUp(owner.initialVariables());
    }
  }

  private void setUp(SessionVariables initial) {
    tracksGtids = owner.runtime().tracksGtids() && !ServerNames.isMariaDb(version);
    query(tracking(), (_, error) -> {
      tracks = error == null;
      variables = initial;
      basis.begin(initial);
      initialise(owner.target().rules().initConnect(), 0);
    });
  }

  /** Runs what is left of {@code init_connect}; what it sets is what sessions find that set nothing. */
  private void initialise(List<String> statements, int next) {
    if (next == statements.size()) {
      furnish();
      return;
    }
    query(statements.get(next), (_, complaint) -> {
      if (complaint == null) {
        initialise(statements, next + 1);
      } else {
        failed(new Refusal("HY000", 1184, "init_connect failed: " + complaint));
      }
    });
  }

  /** The database's own statement; its errors are nobody's. */
  private void furnish() {
    DatabaseEntry entry = owner.account().group().entry();
    String connect = entry == null ? null : entry.connectQuery();
    if (connect == null) {
      ready();
    } else {
      query(connect, (_, complaint) -> {
        if (complaint != null) {
          LOG.info("{}: connect_query: {}", this, complaint);
        }
        ready();
      });
    }
  }

  private void ready() {
    basis.end(variables);
    owner.target().complaints().over();
    hand();
  }

  private void hand() {
    if (closeNeeded()) {
      close("close_needed");
    } else {
      pool().put(this, System.nanoTime());
    }
  }

  /** The connection could not be made; everybody who waits here is told. */
  @Override
  public void failed(Refusal why) {
    login = null;
    close(why.message());
    owner.connectFailed(why, System.nanoTime());
  }

  // --- serving ---

  /** The server is this session's until {@link #release}. */
  void attach(MysqlSession to) {
    traffic = owner.account().metrics(worker).traffic();
    tenant = to;
    owner.target().counters().used(owner.target().used());
  }

  /** The tenant's command begins; its bytes follow through {@link #send}. */
  void begin(Command command, long clientCapabilities, int firstSequence) {
    relay.begin(command, capabilities, clientCapabilities, firstSequence);
  }

  /** The beginning of a command, or all of it; takes ownership. */
  void sendCommand(ByteBuf bytes) {
    commandBegins();
    send(bytes);
  }

  private void commandBegins() {
    if (compression != null) {
      compression.begin();
    }
  }

  /** More of a command, or of a file; takes ownership. */
  void send(ByteBuf bytes) {
    traffic.addReceived(bytes.readableBytes());
    owner.target().counters().bytesSent.add(bytes.readableBytes());
    link().write(bytes);
  }

  /** The client has sent the file that the server asked for; the number of its last packet. */
  void fileSent(int lastSequence) {
    relay.fileSent(lastSequence);
  }

  /** Runs a statement of ours. Nobody else may be using the connection. */
  void query(String sql, OwnCommand done) {
    run(Command.QUERY, ComQuery.of(sql), done);
  }

  void run(Command command, Packet packet, OwnCommand done) {
    relay.own(command, capabilities, done);
    commandBegins();
    ByteBuf out = link().buffer(64);
    Packets.write(out, 0, packet, capabilities);
    link().write(out);
  }

  /** What comes from the server goes to another, and the connection to nobody else any more. */
  void forwardTo(LinkHandler handler) {
    forwarding = true;
    markCloseNeeded();
    link().handler(handler);
  }

  /** Whether it was made for the session that has it, and is as the client's own would be. */
  boolean isOwn() {
    return owner.isOwn();
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    if (tenant != null) {
      traffic.addSent(bytes.readableBytes());
    }
    owner.target().counters().bytesReceived.add(bytes.readableBytes());
    relay.take(bytes);
  }

  // --- back-pressure ---

  boolean congested() {
    return !link().writable();
  }

  void pauseReads() {
    if (!readsPaused) {
      readsPaused = true;
      link().pauseReads();
    }
  }

  void resumeReads() {
    if (readsPaused) {
      readsPaused = false;
      link().resumeReads();
    }
  }

  @Override
  public void onWritable() {
    if (tenant != null) {
      tenant.serverWritable();
    }
  }

  // --- what the session on the server looks like ---

  SessionVariables variables() {
    return variables;
  }

  void variables(SessionVariables now) {
    variables = now;
  }

  /** What the connection looked like before any session had it. */
  SessionBasis basis() {
    return basis;
  }

  String schema() {
    return schema;
  }

  void schema(String now) {
    schema = now;
  }

  /** Whether the server tells what statements change; else the text has to. */
  boolean tracks() {
    return tracks;
  }

  ServerStatements statements() {
    return statements;
  }

  long capabilities() {
    return capabilities;
  }

  /** The server's id of this connection, for KILL. Any thread. */
  long threadId() {
    return threadId;
  }

  /** What switches reports on here. */
  String tracking() {
    return tracksGtids ? TRACKING + GTIDS + "OWN_GTID" : TRACKING;
  }

  /** Part of a SET that switches reports of transactions off, if they are on. */
  String withoutGtids() {
    return tracksGtids ? GTIDS + "OFF" : "";
  }

  /** Whether it calls {@code transaction_isolation} by its old name, {@code tx_isolation}. */
  boolean hasOldNames() {
    return oldNames;
  }

  String version() {
    return version;
  }

  MysqlPool owner() {
    return owner;
  }

  TrafficCounters traffic() {
    return traffic;
  }

  long id() {
    return id;
  }

  Instant connectTime() {
    return connectTime;
  }

  /** Null while it connects. */
  @Nullable
  Link linkOrNull() {
    return link;
  }

  /** What LAST_INSERT_ID() is on this server; -1 when it cannot be known. */
  long lastInsertId() {
    return lastInsertId;
  }

  void lastInsertId(long now) {
    lastInsertId = now;
  }

  /** Of the statement that {@link #run} has just prepared. */
  int preparedId() {
    return relay.preparedId();
  }

  int preparedParameters() {
    return relay.preparedParameters();
  }

  /** The statement is not needed here any more; between commands, or right in front of one. */
  void forget(ServerStatements.Known known) {
    commandBegins();
    ByteBuf out = link().buffer(16);
    Packets.write(out, 0, new ComStmtClose(known.serverId()), capabilities);
    link().write(out);
  }

  /** Whether a response to the tenant is due. */
  boolean serves() {
    return relay.serves();
  }

  /** A KILL for what runs here is on its way. */
  void killBegins() {
    kills++;
  }

  /**
   * The KILL has been delivered. If the query was over before, it may still hit the next one: a statement of ours takes
   * the blow before anybody gets the connection.
   */
  void killEnds() {
    kills--;
    if (kills == 0 && !closed && state() == ServerState.BEING_CANCELED) {
      boolean dirty = dirtyAfterKill;
      query("DO 0", (_, _) -> query("DO 0", (_, _) -> release(dirty, System.nanoTime())));
    }
  }

  // --- release ---

  /**
   * The session needs the connection no more.
   *
   * @param dirty it has left something behind that must not be seen by the next
   */
  void release(boolean dirty, long now) {
    tenant = null;
    if (closed) {
      return;
    }
    if (relay.serves() || relay.runsOwn()) {
      close("client left in the middle of a command");
    } else if (closeNeeded() || owner.pool().lifetimeOver(this, now)
        || !owner.target().usable() || isLeftWithoutAutocommit()) {
      close(closeNeeded() ? "close_needed" : "not reusable");
    } else if (kills > 0) {
      pool().mark(this, ServerState.BEING_CANCELED);
      dirtyAfterKill = dirty;
    } else if (dirty) {
      reset();
    } else {
      resumeReads();
      ClientStatements.evict(this, owner.runtime().settings().maxStatementsPerConnection());
      pool().put(this, now);
    }
  }

  private boolean isLeftWithoutAutocommit() {
    return owner.target().rules().autocommitOff() == HostgroupRules.AutocommitOff.NOT_REUSABLE
        && "OFF".equals(variables.get("autocommit"));
  }

  /** COM_RESET_CONNECTION: transaction rolled back, temporary tables, locks, variables and statements gone. */
  private void reset() {
    resumeReads();
    pool().mark(this, ServerState.TESTED);
    statements.clear();
    lastInsertId = 0;
    run(Command.RESET_CONNECTION, new ComSimple(Command.RESET_CONNECTION), (_, error) -> {
      if (error == null) {
        afterReset();
      } else {
        close("reset refused: " + error);
      }
    });
  }

  /**
   * A reset brings variables back to the login's, but for the character set of some servers. It keeps the schema, but
   * MariaDB forgets that schema's character set: the next session chooses its own anew.
   */
  private void afterReset() {
    schema = "";
    query("SET NAMES utf8mb4 COLLATE utf8mb4_general_ci",
        (_, error) -> setUp(owner.runtime().initialVariables()));
  }

  // --- the pool's ---

  @Override
  public Worker worker() {
    return worker;
  }

  @Override
  protected void moveTo(Worker target, Runnable arrived) {
    worker.run(() -> {
      if (closed) {
        target.execute(arrived);
        return;
      }
      moving = true;
      link().moveTo(target, () -> {
        worker = target;
        moving = false;
        String retire = retireAfterMove;
        if (retire != null) {
          close(retire);
        }
        arrived.run();
      });
    });
  }

  @Override
  protected void retire(String reason) {
    worker.run(() -> close(reason));
  }

  @Override
  protected void check() {
    worker.run(() -> {
      if (closed) {
        return;
      }
      pinged = true;
      run(Command.PING, new ComSimple(Command.PING), (_, error) -> {
        pinged = false;
        if (error == null) {
          hand();
        } else {
          close("ping refused: " + error);
        }
      });
    });
  }

  /** Looks after what takes too long. */
  void tick(long now) {
    MysqlServerLogin pending = login;
    if (pending != null) {
      pending.tick(now);
    } else if (relay.runsOwn() && tenant == null) {
      long limit = pinged
          ? TimeUnit.MILLISECONDS
              .toNanos(owner.runtime().settings().pingTimeoutServerMillis())
          : OWN_LIMIT_NANOS;
      if (now - relay.ownSinceNanos() > limit) {
        close(pinged ? "no answer to a ping" : "no answer to a reset");
      }
    }
  }

  // --- the end ---

  @Override
  public void onClosed(@Nullable Throwable cause) {
    lost(cause instanceof MalformedPacketException
        ? "server broke the protocol: " + cause.getMessage()
        : "server closed the connection");
  }

  /** The server may not be used any more: closes at once, and who has the connection is told. On the worker. */
  void cut(String reason) {
    if (tenant == null || moving) {
      close(reason);
    } else {
      lost(reason);
    }
  }

  /** The connection is of no use any more; who has it is told. */
  void lost(String reason) {
    if (closed) {
      return;
    }
    MysqlSession left = tenant;
    boolean passedOn = relay.passedOn();
    boolean inPacket = relay.insidePacket();
    boolean answering = relay.serves();
    if (state() == ServerState.LOGIN) {
      failed(new Refusal("HY000", 2013, reason)); // who waits counts it as an attempt
      return;
    }
    close(reason);
    owner.runtime().serverError(owner.target().address(), 0);
    if (left != null) {
      left.serverLost(answering && passedOn, answering && inPacket);
    }
  }

  /** Closes. On the worker. */
  void close(String reason) {
    if (moving) {
      retireAfterMove = reason;
      return;
    }
    if (closed) {
      return;
    }
    closed = true;
    tenant = null;
    relay.close();
    if (login != null) {
      login.abandon();
      login = null;
    }
    LOG.debug("{}: closing because: {}", this, reason);
    if (link != null) {
      sayGoodbye(link);
    }
    pool().remove(this);
  }

  private void sayGoodbye(Link to) {
    if (forwarding) {
      // What the client has said is all there is to say: a QUIT of ours might end a packet that it has not.
      if (to.writable()) {
        to.close();
      } else {
        to.abort();
      }
    } else if (to.open() && !relay.serves() && to.unsentBytes() == 0) {
      commandBegins();
      ByteBuf out = to.buffer(8);
      Packets.write(out, 0, new ComSimple(Command.QUIT), capabilities);
      to.write(out);
      to.close();
    } else {
      to.abort();
    }
  }

  boolean closed() {
    return closed;
  }

  /** Nobody uses it. Any thread; may be late. */
  boolean isFree() {
    return state() == ServerState.IDLE || state() == ServerState.USED;
  }

  /** File descriptor, -1 when there is none. Any thread. */
  int fd() {
    Link l = link;
    return l == null ? -1 : l.fd();
  }

  Link.Endpoint local() {
    return link().local();
  }

  private Link link() {
    Link l = link;
    if (l == null) {
      throw new IllegalStateException("not connected");
    }
    return l;
  }

  @Nullable
  MysqlSession tenantOrNull() {
    return tenant;
  }

  /** Who has it; asked only while somebody has. */
  MysqlSession tenant() {
    MysqlSession t = tenant;
    if (t == null) {
      throw new IllegalStateException("nobody has this server");
    }
    return t;
  }

  @Override
  public String toString() {
    return "S-" + id + ": " + owner.target() + "/" + owner.user().name();
  }
}
