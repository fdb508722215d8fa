package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Worker;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.Outcome;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResponseTracker;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.ColumnDefinition41;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.Ok;
import dev.weir.mysql.packet.ServerStatus;
import dev.weir.mysql.packet.SessionChange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
final class MysqlSession extends SessionStanding implements LinkHandler, MysqlLogin.Client {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlSession.class);

  static final String CLIENT_GONE = "client gone";

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
    RUNNING,
    /** The client has its answer; what follows from it is asked of the server. */
    ENDING,
    /** {@link FastForward} relays bytes. */
    FORWARDING, CLOSED
  }

  private final MysqlRuntime runtime;
  private final MysqlWorkerState local;
  private final Link link;
  private final int id;
  private final CurrentCommand current = new CurrentCommand();
  private final ClientStatements statements = new ClientStatements(this, current);
  private final SessionTimes times = new SessionTimes();
  private final SessionGtids gtids;
  private final CommandIntake intake;
  private final CommandDispatch dispatch;
  private final ServerSearch search;
  private final SessionSync sync;
  private final ServerHold hold;
  private final Failover failover;
  private final KeptConditions conditions = new KeptConditions(this);
  private final SessionHome home;
  private State state = State.LOGIN;
  private @Nullable MysqlLogin login;

  MysqlSession(MysqlRuntime runtime, Link link, int id) {
    super(new Pins(runtime.local(link.worker()).pins()));
    this.runtime = runtime;
    this.local = runtime.local(link.worker());
    this.link = link;
    this.id = id;
    this.intake = new CommandIntake(this, current, link);
    this.dispatch = new CommandDispatch(this, runtime, current, statements, link);
    this.search = new ServerSearch(this, runtime, current);
    this.sync = new SessionSync(this, current, statements);
    this.hold = new ServerHold(this);
    this.failover = new Failover(this, runtime, current, search);
    this.gtids = new SessionGtids(runtime, current);
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
    intake.loggedIn(agreed);
    if (link instanceof MirrorLink) {
      initialVariables = initial;
    } else {
      initialVariables = as.attributes().begin(initial);
      forward = as.row().fastForward() ? new FastForward(this) : null;
      parked = as.row().transactionPersistent() ? null : new ParkedServers(this);
    }
    variables = initialVariables;
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
    return local.read(packet, QueryText.from(packet, current.command(), capabilities), variables,
        status);
  }

  /** What a text is that would be the client's. */
  Statement readText(byte[] sql) {
    return local.read(Unpooled.wrappedBuffer(sql), 0, variables, status);
  }

  // --- a server for the command ---

  /** Sends the current command to a server of the hostgroup; stays with the one at hand while that is needed. */
  void toHostgroup(int wanted) {
    ParkedServers others = parked;
    int hostgroup = others == null ? wanted : others.choose(wanted);
    if (hostgroup == ParkedServers.REFUSED) {
      return;
    }
    current.hostgroup(hostgroup);
    MysqlServer mine = server;
    if (mine != null && hold.mayLeave(mine, hostgroup, status)) {
      giveBack(false);
      mine = null;
    }
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
    if (conditions.asking()) {
      conditions.take(bytes);
      return;
    }
    ResultCapture capture = current.capture();
    if (capture != null) {
      capture.add(bytes);
    }
    link.write(bytes);
    MysqlServer from = server;
    if (!link.writable() && from != null) {
      from.pauseReads();
    }
  }

  /** Whether the running command can be one that loads a file of the client's: a server must not ask for others. */
  boolean mayBeAskedForFile() {
    return Capabilities.has(capabilities, Capabilities.LOCAL_FILES) && current.mayLoadFile();
  }

  void fileWanted(int sequence, int shift) {
    intake.expectFile(sequence, shift);
  }

  /** What a result of the running command has changed in the server's session. */
  void changed(List<SessionChange> changes, SessionVariables now, String database) {
    schema = database;
    dispatch.factsChanged();
    if (!now.bounded()) {
      pins.add(Pins.Reason.TOO_MANY_VARIABLES);
    }
    current.reported(changes);
    MysqlServer from = server;
    if (runtime.tracksGtids()) {
      gtids.note(from, changes);
    }
    variables = from == null ? now : from.basis().of(now, variables, current.reported());
  }

  /** The response is over. */
  void answered(ResponseTracker tracker) {
    MysqlServer from = server;
    if (from == null) {
      return;
    }
    if (conditions.asking()) {
      if (conditions.answered(from)) {
        settle(from);
        intake.work();
      }
      return;
    }
    Outcome outcome = tracker.outcome();
    status = outcome.status();
    boolean failed = outcome.errorCode() != 0;
    if (!failed && outcome.lastInsertId() != 0) {
      lastInsertId = outcome.lastInsertId();
      from.lastInsertId(lastInsertId);
    }
    affectedRows = failed || tracker.endsRows() ? -1 : outcome.affectedRows();
    if (!failed) {
      home.arrived();
    }
    SessionEffects.apply(this, current, from, outcome, pins);
    long now = System.nanoTime();
    times.answered(current.sinceNanos(), now,
        ServerStatus.has(status, ServerStatus.IN_TRANSACTION) || transactionsElsewhere(),
        from.owner().account().metrics(worker()));
    local.count(this, current, from, tracker, now);
    dispatch.cached().answered(current.capture(), tracker);
    if (!failed) {
      variables = UnreportedSettings.told(current.statement(), variables);
      if (!ServerStatus.has(status, ServerStatus.AUTOCOMMIT)
          || !variables.equals(initialVariables)) {
        variables = UnreportedSettings.autocommit(variables, status);
      }
      from.variables(from.basis().under(variables));
    }
    String question = failed || !from.tracks()
        ? null
        : UnreportedSettings.question(current.statement(), current.reported(),
            from.tracking());
    if (question != null) {
      state = State.ENDING;
      from.query(question, (_, error) -> reported(from, error));
      return;
    }
    settle(from);
    if (!SessionTick.endsWithProcess(this)) {
      intake.work();
    }
  }

  /** Whether the statement asks for warnings that are kept here; it is answered then. */
  boolean answeredFromKept(Statement statement) {
    if (server != null || !conditions.answers(statement, link)) {
      return false;
    }
    finish();
    return true;
  }

  /** The server has reported what it had kept to itself. */
  private void reported(MysqlServer from, @Nullable String error) {
    if (state != State.ENDING || server != from) {
      return;
    }
    variables = from.basis().of(from.variables(), variables, current.reported());
    if (error != null || !variables.bounded()) {
      pins.add(Pins.Reason.UNKNOWN);
    }
    settle(from);
    intake.work();
  }

  /** The command is over: what becomes of the server. */
  void settle(MysqlServer from) {
    finish();
    pins.settle(from.owner().account().pinned());
    boolean inTransaction = ServerStatus.has(status, ServerStatus.IN_TRANSACTION);
    if (home.hasStrayedTo(from)) {
      giveBack(false);
    } else if (!inTransaction && !pins.any() && !intake.inside() && !hold.keeps(from, status)) {
      server = null;
      from.release(false, System.nanoTime());
    } else if (inTransaction && home.singleStatements()) {
      refuse(Refusal.NO_TRANSACTION_BLOCKS); // begun by what does not look like it
    }
  }

  /** Whether something of the session lives on the server it has. */
  boolean needsServer() {
    return pins.any() || ServerStatus.has(status, ServerStatus.IN_TRANSACTION);
  }

  /** Whether the loss of its server takes more from the session than warnings to be read. */
  private boolean hasStateThere() {
    return needsServer() && (!pins.onlyConditions()
        || ServerStatus.has(status, ServerStatus.IN_TRANSACTION));
  }

  /** The command is over, however it went. */
  void finish() {
    current.end();
    pins.cause(null);
    home.commandOver();
    if (state != State.CLOSED) {
      state = State.IDLE;
    }
    intake.resumeReads();
  }

  /**
   * The server is gone.
   *
   * @param begun a part of the response has been passed on
   * @param inPacket and that part ends in the middle of a packet
   */
  void serverLost(boolean begun, boolean inPacket) {
    MysqlServer lost = server;
    if (lost == null || !lost.closed()) {
      close("a server with an open transaction was lost"); // one that was put aside
      return;
    }
    server = null;
    boolean inTransaction = ServerStatus.has(status, ServerStatus.IN_TRANSACTION);
    status &= ~ServerStatus.IN_TRANSACTION;
    times.noTransaction();
    if (state == State.CLOSED) {
      pins.clear();
      return;
    }
    if (state == State.FORWARDING) {
      close("server closed the connection");
      return;
    }
    if (state == State.ENDING) {
      if (!conditions.asking()) {
        pins.add(Pins.Reason.UNKNOWN); // what the SET has set, nobody can tell any more
      }
      conditions.forget();
      finish();
    }
    if (dispatch.cached().inTheMiddle()) {
      close("server lost while the session needed it");
    } else {
      failover.lost(inTransaction, pins, begun, inPacket);
    }
    intake.work();
  }

  /** The server has answered the command with an error that the client is not to get: another server is asked. */
  void unanswered() {
    failover.askAnother();
    intake.work();
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
    QueryTrail.answered(runtime, this, current, why.mysqlErrno());
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
    LocalAnswers.ok(link, 1, capabilities, Ok.of(affected, insertId, status(), 0));
  }

  /** A result of one row and column. */
  void answer(ColumnDefinition41 column, String value) {
    finish();
    LocalAnswers.row(link, capabilities, status(), column, value);
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
    conditions.forget();
    failover.forget();
    giveBackParked();
    statements.clear();
    variables = initialVariables;
    status = ServerStatus.AUTOCOMMIT;
    lastInsertId = 0;
    affectedRows = 0;
    gtids.clear();
    dispatch.reset();
  }

  void changeUser(ByteBuf packet) {
    reset();
    forward(null);
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

  private void giveBackParked() {
    if (parked != null) {
      parked.giveBack();
      times.noTransaction();
    }
  }

  /** Puts another server in the place of the one at hand, with what is known of it. */
  void atHand(@Nullable MysqlServer other, Pins its, int itsStatus) {
    server = other;
    pins = its;
    status = itsStatus;
    statements.onAnotherServer();
  }

  /** Gives the server up, if there is one; what the session left there is cleaned away. */
  void giveBack(boolean dirty) {
    MysqlServer had = server;
    server = null;
    boolean leaves = dirty || hasStateThere();
    pins.clear();
    status &= ~ServerStatus.IN_TRANSACTION;
    if (!transactionsElsewhere()) {
      times.noTransaction();
    }
    if (had != null) {
      had.release(leaves, System.nanoTime());
    }
  }

  // --- KILL ---

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
    dispatch.cached().onWritable();
    serverWritable();
  }

  // --- time ---

  /** Every 333 ms. */
  void tick(long now) {
    MysqlLogin mine = login;
    if (mine != null) {
      mine.tick(now);
    } else {
      SessionTick.of(this, search, now);
    }
  }

  // --- the end ---

  @Override
  public void onClosed(@Nullable Throwable cause) {
    close(CLIENT_GONE);
  }

  /** Tells the client why, and closes. */
  void refuse(Refusal why) {
    if (state != State.CLOSED) {
      if (state != State.RUNNING && state != State.FORWARDING) { // there an answer may be half out
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
    if (had != null && (was == State.RUNNING || (forward != null && forward.isBusy()))
        && runtime.settings().killBackendWhenDisconnected()) {
      MysqlKill.query(had);
    }
    giveBack(was != State.IDLE);
    giveBackParked();
    forward(null);
    current.end();
    conditions.forget();
    MysqlLogin mine = login;
    if (mine != null) {
      mine.abandon();
      login = null;
    }
    intake.close();
    home.leave();
    runtime.closed(this, was == State.LOGIN, reason);
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

  @Override
  public long createdNanos() {
    return times.createdNanos();
  }

  State state() {
    return state;
  }

  void become(State now) {
    state = now;
  }

  MysqlRuntime runtime() {
    return runtime;
  }

  CommandDispatch dispatch() {
    return dispatch;
  }

  CommandIntake intake() {
    return intake;
  }

  ClientStatements statements() {
    return statements;
  }

  KeptConditions conditions() {
    return conditions;
  }

  SessionHome home() {
    return home;
  }

  Failover failover() {
    return failover;
  }

  SessionGtids gtids() {
    return gtids;
  }

  SessionTimes times() {
    return times;
  }

  @Override
  int defaultHostgroup() {
    return home.hostgroup(current.statement());
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
