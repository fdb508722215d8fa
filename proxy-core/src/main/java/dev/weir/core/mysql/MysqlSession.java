package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Worker;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.Outcome;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResponseTracker;
import dev.weir.mysql.packet.ColumnDefinition41;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.Ok;
import dev.weir.mysql.packet.ServerStatus;
import dev.weir.mysql.packet.SessionChange;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A MySQL client's session. One command at a time: it is looked at, sent to a server of the hostgroup it belongs to, and
 * its response passed back; between commands the server goes back to its pool unless a transaction or a {@link Pins pin}
 * holds it. {@link CommandIntake} takes commands in, {@link CommandDispatch} decides about them, {@link ServerSearch} finds
 * a server and {@link SessionSync} prepares it. Confined to its worker.
 */
final class MysqlSession implements LinkHandler, MysqlLogin.Client {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlSession.class);

  enum State {
    /** {@link MysqlLogin} has the word. */
    LOGIN,
    /** Between commands. */
    IDLE,
    /** A command has no server yet. */
    WAITING,
    /** The server is brought to where the client thinks it is. */
    SYNCING,
    /** The server has the command. */
    RUNNING, CLOSED
  }

  private final MysqlRuntime runtime;
  private final MysqlWorkerState local;
  private final Link link;
  private final int id;
  private final Pins pins = new Pins();
  private final ClientStatements statements = new ClientStatements(this);
  private final CurrentCommand current = new CurrentCommand();
  private final SessionTimes times = new SessionTimes();
  private final CommandIntake intake;
  private final CommandDispatch dispatch;
  private final ServerSearch search;
  private final SessionSync sync;
  private final SessionHome home;
  private State state = State.LOGIN;
  private @Nullable MysqlLogin login;
  private @Nullable MysqlUser user;
  private @Nullable MysqlServer server;

  // What the client has agreed on and where it stands.
  private long capabilities;
  private String schema = "";
  private SessionVariables variables = SessionVariables.NONE;
  private SessionVariables initialVariables = SessionVariables.NONE;
  private int status = ServerStatus.AUTOCOMMIT;
  private long lastInsertId;
  private long affectedRows;

  MysqlSession(MysqlRuntime runtime, Link link, int id) {
    this.runtime = runtime;
    this.local = runtime.local(link.worker());
    this.link = link;
    this.id = id;
    this.intake = new CommandIntake(this, current, link);
    this.dispatch = new CommandDispatch(this, runtime, current, statements, link);
    this.search = new ServerSearch(this, runtime, current);
    this.sync = new SessionSync(this, current, statements);
    this.home = new SessionHome(this, runtime);
    this.login = new MysqlLogin(runtime, this, link);
  }

  // --- login ---

  void greet() {
    MysqlLogin mine = login;
    if (mine != null) {
      mine.greet();
    }
  }

  @Override
  public @Nullable MysqlUser named(String name, String database) {
    return home.named(name, database);
  }

  @Override
  public @Nullable Refusal enter(MysqlUser as, String database) {
    return home.enter(as, database);
  }

  /** Login is over; {@link MysqlRuntime} has counted the client for the user. */
  @Override
  public void loggedIn(MysqlUser as, long agreed, SessionVariables initial, String database) {
    login = null;
    user = as;
    capabilities = agreed;
    initialVariables = initial;
    variables = initial;
    schema = home.loggedIn(as, database);
    dispatch.factsChanged();
    state = State.IDLE;
    times.command(System.nanoTime());
    runtime.loggedIn(this);
  }

  // --- commands come in ---

  @Override
  public void onBytes(ByteBuf bytes) {
    MysqlLogin mine = login;
    if (state == State.CLOSED) {
      bytes.release();
    } else if (mine != null) {
      mine.onBytes(bytes);
    } else {
      intake.take(bytes);
    }
  }

  /** The statement in a packet whose first byte is the command and whose rest is text. */
  Statement read(ByteBuf packet) {
    return local.read(packet, variables, status);
  }

  // --- a server for the command ---

  /** Sends the current command to a server of the hostgroup; stays with the one at hand while that is needed. */
  void toHostgroup(int hostgroup) {
    current.hostgroup(hostgroup);
    MysqlServer mine = server;
    if (mine != null) {
      sync.proceed(mine);
    } else {
      search.begin();
    }
  }

  /** The search is over. */
  void got(MysqlServer found) {
    server = found;
    statements.onAnotherServer();
    found.attach(this);
    sync.proceed(found);
  }

  /** A step that brings the server to the session's state is done. */
  void continueOr(MysqlServer on, @Nullable String error, String what) {
    sync.continueOr(on, error, what);
  }

  // --- the server answers ---

  /** A part of the response; takes ownership. */
  void receive(ByteBuf bytes) {
    link.write(bytes);
    MysqlServer from = server;
    if (!link.writable() && from != null) {
      from.pauseReads();
    }
  }

  /** The server has prepared what the client asked for; the id in the packet becomes the client's. */
  void prepared(ByteBuf in, ResponseTracker tracker) {
    statements.prepared(in, tracker);
  }

  void fileWanted(int sequence) {
    intake.expectFile(sequence);
  }

  /** What a result of the running command has changed in the server's session. */
  void changed(List<SessionChange> changes, SessionVariables now, String database) {
    variables = now;
    schema = database;
    dispatch.factsChanged();
    if (!now.bounded()) {
      pins.add(Pins.Reason.TOO_MANY_VARIABLES);
    }
    boolean explained = false;
    boolean stateChanged = false;
    for (SessionChange change : changes) {
      switch (change) {
        case SessionChange.SystemVariable(String name, _) -> {
          explained = true;
          current.reported(name);
        }
        case SessionChange.Schema _ -> explained = true;
        case SessionChange.StateChange(boolean yes) -> stateChanged = yes;
        case SessionChange.TransactionCharacteristics(String sql) ->
          current.nextTransaction(!sql.isEmpty());
        case SessionChange.Gtids _,SessionChange.TransactionState _,SessionChange.Unknown _ -> {
        }
      }
    }
    current.unexplained(stateChanged && !explained);
  }

  /** The response is over. */
  void answered(ResponseTracker tracker) {
    MysqlServer from = server;
    if (from == null) {
      return;
    }
    Outcome outcome = tracker.outcome();
    status = outcome.status();
    boolean failed = outcome.errorCode() != 0;
    if (!failed && outcome.lastInsertId() != 0) {
      lastInsertId = outcome.lastInsertId();
      from.lastInsertId(lastInsertId);
    }
    if (!failed) {
      affectedRows = outcome.affectedRows();
      home.arrived();
    }
    SessionEffects.apply(this, current, from, outcome, pins);
    long now = System.nanoTime();
    times.answered(current.sinceNanos(), now, ServerStatus.has(status, ServerStatus.IN_TRANSACTION),
        from.owner().account().metrics(worker()));
    local.count(this, current, from, tracker, now);
    if (!failed) {
      variables = UnreportedSettings.collation(current.statement(), variables);
      from.variables(from.with(variables));
    }
    String question = failed || !from.tracks()
        ? null
        : UnreportedSettings.question(current.statement(), current.reported(),
            MysqlServer.TRACKING);
    if (question != null) {
      state = State.SYNCING;
      from.query(question, (_, error) -> reported(from, error));
      return;
    }
    settle(from);
    intake.work();
  }

  /** The server has reported what it had kept to itself. */
  private void reported(MysqlServer from, @Nullable String error) {
    if (state != State.SYNCING || server != from) {
      return;
    }
    variables = from.variables();
    if (error != null || !variables.bounded()) {
      pins.add(Pins.Reason.UNKNOWN);
    }
    settle(from);
    intake.work();
  }

  /** The command is over: what becomes of the server. */
  void settle(MysqlServer from) {
    finish();
    boolean inTransaction = ServerStatus.has(status, ServerStatus.IN_TRANSACTION);
    if (home.hasStrayedTo(from)) {
      giveBack(false);
    } else if (!inTransaction && !pins.any() && !intake.inside() && !home.keepsServer()
        && runtime.settings().multiplexing()) {
      server = null;
      from.release(false, System.nanoTime());
    } else if (inTransaction && home.singleStatements()) {
      refuse(Refusal.NO_TRANSACTION_BLOCKS); // begun by what does not look like it
    }
    intake.resumeReads();
  }

  /** The command is over, however it went. */
  void finish() {
    current.end();
    home.commandOver();
    if (state != State.CLOSED) {
      state = State.IDLE;
    }
  }

  /**
   * The server is gone.
   *
   * @param begun a part of the response has been passed on
   * @param inPacket and that part ends in the middle of a packet
   */
  void serverLost(boolean begun, boolean inPacket) {
    MysqlServer lost = server;
    server = null;
    boolean held = pins.any() || ServerStatus.has(status, ServerStatus.IN_TRANSACTION);
    pins.clear();
    status &= ~ServerStatus.IN_TRANSACTION;
    times.noTransaction();
    if (state == State.CLOSED || lost == null) {
      return;
    }
    if (inPacket) {
      close("server lost in the middle of a packet");
    } else if (state == State.IDLE || held) {
      // The transaction, or what the session kept there, is gone, and the client has to know.
      if (state == State.IDLE) {
        close("server lost while the session needed it");
      } else {
        refuseCommand(MysqlRefusals.LOST);
      }
    } else if (!begun && mayRepeat()) {
      search.begin();
    } else {
      refuseCommand(MysqlRefusals.LOST);
    }
    intake.work();
  }

  /** Whether running the command again can do no harm, and is still possible. */
  private boolean mayRepeat() {
    if (intake.inside() || current.filing()) {
      return false;
    }
    int limit = current.retries(runtime.settings().queryRetriesOnFailure());
    return current.harmless() && current.countRepeat() <= limit;
  }

  // --- answers of ours ---

  /** The current command is answered with an error; the session goes on. */
  void refuseCommand(Refusal why) {
    if (intake.inside()) {
      intake.discard(why);
      return;
    }
    int sequence = intake.nextSequence();
    Command command = current.command();
    unsent();
    if (!command.isUnanswered()) {
      error(why, sequence);
    }
  }

  void error(Refusal why, int sequence) {
    runtime.counters().generatedErrors.increment();
    LocalAnswers.error(link, sequence, capabilities, why);
  }

  void answerOk(long affected, long insertId) {
    finish();
    LocalAnswers.ok(link, 1, capabilities, Ok.of(affected, insertId, status, 0));
  }

  /** A result of one row and column. */
  void answer(ColumnDefinition41 column, String value) {
    finish();
    LocalAnswers.row(link, capabilities, status, column, value);
  }

  /** The command is over and no server has run it: one that is at hand goes back like after an answer. */
  void unsent() {
    MysqlServer from = server;
    if (from == null) {
      finish();
    } else {
      settle(from);
    }
  }

  /** As after login, but for the schema: what COM_RESET_CONNECTION promises. */
  void reset() {
    giveBack(false);
    statements.clear();
    variables = initialVariables;
    status = ServerStatus.AUTOCOMMIT;
    lastInsertId = 0;
    affectedRows = 0;
    dispatch.reset();
  }

  void changeUser(ByteBuf packet) {
    reset();
    home.leave();
    runtime.leave(this);
    MysqlLogin again = new MysqlLogin(runtime, this, link);
    login = again;
    state = State.LOGIN;
    ByteBuf body = packet.retainedSlice(packet.readerIndex() + Packets.HEADER,
        packet.readableBytes() - Packets.HEADER);
    current.end();
    again.changeUser(body, capabilities);
  }

  /** Gives the server up, if there is one; what the session left there is cleaned away. */
  void giveBack(boolean dirty) {
    MysqlServer had = server;
    server = null;
    boolean leaves = dirty || pins.any() || ServerStatus.has(status, ServerStatus.IN_TRANSACTION);
    pins.clear();
    status &= ~ServerStatus.IN_TRANSACTION;
    times.noTransaction();
    if (had != null) {
      had.release(leaves, System.nanoTime());
    }
  }

  // --- KILL ---

  boolean belongsTo(MysqlUser whom) {
    return user == whom;
  }

  /** Somebody wants the running command to end, or the whole session. On the worker. */
  void killed(boolean queryOnly) {
    MysqlKill.session(this, search, queryOnly);
  }

  // --- flow control ---

  /** The server takes more of what the client sends. */
  void serverWritable() {
    intake.resumeReads();
    intake.work();
  }

  @Override
  public void onWritable() {
    MysqlServer from = server;
    if (from != null) {
      from.resumeReads();
    }
  }

  // --- time ---

  /** Every 333 ms. */
  void tick(long now) {
    MysqlLogin mine = login;
    if (mine != null) {
      mine.tick(now);
      return;
    }
    SessionClock.tick(this, search, runtime.settings(), now);
  }

  // --- the end ---

  @Override
  public void onClosed(@Nullable Throwable cause) {
    close("client gone");
  }

  /** Tells the client why, and closes. */
  void refuse(Refusal why) {
    if (state != State.CLOSED) {
      if (state != State.RUNNING) {
        error(why, intake.nextSequence());
      }
      close(why.message());
    }
  }

  @Override
  public void close(String reason) {
    if (state == State.CLOSED) {
      return;
    }
    State was = state;
    state = State.CLOSED;
    LOG.debug("{}: closing because: {}", this, reason);
    search.leave();
    MysqlServer had = server;
    if (had != null && was == State.RUNNING
        && runtime.settings().killBackendWhenDisconnected()) {
      MysqlKill.query(had);
    }
    giveBack(was != State.IDLE);
    current.end();
    MysqlLogin mine = login;
    if (mine != null) {
      mine.abandon();
      login = null;
    }
    intake.close();
    home.leave();
    runtime.closed(this, was == State.LOGIN);
    link.close();
  }

  // --- what others ask ---

  Worker worker() {
    return link.worker();
  }

  CurrentCommand current() {
    return current;
  }

  Link link() {
    return link;
  }

  @Override
  public int id() {
    return id;
  }

  State state() {
    return state;
  }

  void become(State now) {
    state = now;
  }

  /** The client has agreed on something else than at its login. */
  void capabilities(long now) {
    capabilities = now;
  }

  CommandDispatch dispatch() {
    return dispatch;
  }

  CommandIntake intake() {
    return intake;
  }

  int preparedStatements() {
    return statements.size();
  }

  SessionTimes times() {
    return times;
  }

  SessionHome home() {
    return home;
  }

  SessionVariables variables() {
    return variables;
  }

  long lastInsertId() {
    return lastInsertId;
  }

  long capabilities() {
    return capabilities;
  }

  int status() {
    return status;
  }

  String schema() {
    return schema;
  }

  long affectedRows() {
    return affectedRows;
  }

  Pins pins() {
    return pins;
  }

  @Nullable
  MysqlServer server() {
    return server;
  }

  /** The user; before login there is none to ask for. */
  MysqlUser user() {
    MysqlUser u = user;
    if (u == null) {
      throw new IllegalStateException("not logged in");
    }
    return u;
  }

  @Nullable
  MysqlUser userOrNull() {
    return user;
  }

  int defaultHostgroup() {
    return home.hostgroup(current.statement());
  }

  /** What the connection to a server has to be able to do: what its client can, as far as it shows on the wire. */
  long wire() {
    return capabilities & MysqlServerLogin.SHARED;
  }

  String clientHost() {
    return link.remote().host();
  }

  @Override
  public String toString() {
    MysqlUser u = user;
    return "C-" + id + ": " + (u == null ? "(nouser)" : u.name()) + "@" + link.remote();
  }
}
