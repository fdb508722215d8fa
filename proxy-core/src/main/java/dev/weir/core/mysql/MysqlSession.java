package dev.weir.core.mysql;

import dev.weir.core.control.MysqlView;
import dev.weir.core.error.Refusal;
import dev.weir.core.net.Bytes;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.Ticket;
import dev.weir.core.route.RewrittenText;
import dev.weir.core.route.RouteDecision;
import dev.weir.core.route.SessionFacts;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.CommandScanner;
import dev.weir.mysql.codec.Outcome;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResponseTracker;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.ColumnDefinition41;
import dev.weir.mysql.packet.ComInitDb;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.Ok;
import dev.weir.mysql.packet.ServerStatus;
import dev.weir.mysql.packet.SessionChange;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A MySQL client's session. One command at a time: it is looked at, sent to a server of the hostgroup it belongs to, and
 * its response passed back; between commands the server goes back to its pool unless a transaction or a {@link Pins pin}
 * holds it. Confined to its worker.
 */
final class MysqlSession implements LinkHandler, Ticket.Waiter, MysqlLogin.Client {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlSession.class);

  /** Bytes kept of commands that have to wait; then the client's socket is not read. */
  private static final int MAX_HELD = 64 * 1024;
  private static final long NO_SERVER_RETRY_MILLIS = 50;

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
  private final Ticket ticket = new Ticket(this);
  private final CommandScanner scanner = new CommandScanner();
  private final Pins pins = new Pins();
  private final ClientStatements statements = new ClientStatements(this);
  private final CurrentCommand current = new CurrentCommand();
  private State state = State.LOGIN;
  private @Nullable MysqlLogin login;
  private @Nullable MysqlUser user;
  private @Nullable MysqlServer server;
  private @Nullable MysqlPool waitingIn;
  private @Nullable ByteBuf held;
  private boolean discarding;
  private boolean readsPaused;

  // What the client has agreed on and where it stands.
  private long capabilities;
  private String schema = "";
  private SessionVariables variables = SessionVariables.NONE;
  private SessionVariables initialVariables = SessionVariables.NONE;
  private int status = ServerStatus.AUTOCOMMIT;
  private long lastInsertId;
  private long affectedRows;
  private int nextFlagIn;
  private @Nullable SessionFacts facts;

  private long lastCommandNanos = System.nanoTime();
  private long transactionNanos;

  MysqlSession(MysqlRuntime runtime, Link link, int id) {
    this.runtime = runtime;
    this.local = runtime.local(link.worker());
    this.link = link;
    this.id = id;
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
  public @Nullable MysqlUser named(String name) {
    return runtime.user(name);
  }

  @Override
  public @Nullable Refusal enter(MysqlUser as) {
    return runtime.enter(as);
  }

  /** Login is over; {@link MysqlRuntime} has counted the client for the user. */
  @Override
  public void loggedIn(MysqlUser as, long agreed, SessionVariables initial, String database) {
    login = null;
    user = as;
    capabilities = agreed;
    initialVariables = initial;
    variables = initial;
    schema = database;
    facts = null;
    state = State.IDLE;
    lastCommandNanos = System.nanoTime();
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
      held = held == null ? bytes : Bytes.join(held, bytes);
      work();
      if (held != null && held.readableBytes() > MAX_HELD && state != State.IDLE
          && state != State.RUNNING) {
        pauseReads();
      }
    }
  }

  /** Does what can be done with the bytes at hand. */
  private void work() {
    try {
      while (held != null && step(held)) {
        // one command, or one piece of one, at a time
      }
    } catch (MalformedPacketException e) {
      LOG.info("{}: {}", this, e.getMessage());
      refuse(MysqlRefusals.MALFORMED);
    }
    ByteBuf rest = held;
    if (rest != null && !rest.isReadable()) {
      rest.release();
      held = null;
    }
  }

  /** False when nothing more can be done with these bytes now. */
  private boolean step(ByteBuf in) {
    if (!in.isReadable()) {
      return false;
    }
    if (scanner.isInside() || current.filing()) {
      return passOn(in);
    }
    return state == State.IDLE && begin(in);
  }

  /** More of a command that has begun, or of a file. */
  private boolean passOn(ByteBuf in) {
    MysqlServer to = server;
    if (!discarding && (state != State.RUNNING || to == null)) {
      return false; // waits for the server as its beginning does
    }
    int at = in.readerIndex();
    int next = scanner.scan(in, at, in.writerIndex());
    if (next == at) {
      return false;
    }
    if (!discarding && to != null) {
      to.send(in.retainedSlice(at, next - at));
    }
    in.readerIndex(next);
    if (scanner.ends()) {
      uploaded(to);
    } else if (to != null && !discarding && to.congested()) {
      pauseReads();
    }
    return true;
  }

  /** The last byte of a command that was passed on in pieces, or of a file, has come. */
  private void uploaded(@Nullable MysqlServer to) {
    if (discarding) {
      discarding = false;
      Refusal why = current.refusal();
      finish();
      error(why == null ? MysqlRefusals.MALFORMED : why, scanner.nextSequence());
    } else if (current.filing()) {
      current.filing(false);
      if (to != null) {
        to.fileSent(Packets.next(scanner.nextSequence() + 254));
      }
    } else if (to != null) {
      to.begin(current.command(), capabilities, scanner.nextSequence());
    }
  }

  private boolean begin(ByteBuf in) {
    int at = in.readerIndex();
    int next = scanner.scan(in, at, in.writerIndex());
    if (next == at) {
      return false;
    }
    int wanted = CurrentCommand.bytesToLookAt(scanner.command(), scanner.length());
    if (!scanner.ends() && next - at < Packets.HEADER + wanted) {
      scanner.putBack();
      return false;
    }
    Command command = scanner.command();
    lastCommandNanos = System.nanoTime();
    if (command == null) {
      throw new MalformedPacketException("no such command: " + (scanner.code() & 0xff));
    }
    ByteBuf packet = in.retainedSlice(at, next - at);
    in.readerIndex(next);
    current.begin(command, packet, scanner.ends(), lastCommandNanos);
    if (scanner.length() > runtime.settings().maxAllowedPacket()) {
      refuseCommand(MysqlRefusals.PACKET_TOO_LARGE);
    } else {
      dispatch(command, packet);
    }
    return true;
  }

  private void dispatch(Command command, ByteBuf packet) {
    switch (command) {
      case QUIT -> close("client close request");
      case PING -> answerOk(0, 0);
      case STATISTICS -> {
        finish();
        LocalAnswers.text(link, runtime.statistics());
      }
      case SET_OPTION -> setOption(packet);
      case RESET_CONNECTION -> {
        resetSession();
        answerOk(0, 0);
      }
      case CHANGE_USER -> changeUser(packet);
      case PROCESS_KILL -> kill(packet.getUnsignedIntLE(packet.readerIndex() + 5), false);
      case QUERY -> query(packet);
      case STMT_PREPARE -> statements.prepare(packet);
      case STMT_EXECUTE, STMT_BULK_EXECUTE -> statements.execute(packet);
      case STMT_FETCH, STMT_RESET -> statements.onServer(packet);
      case STMT_SEND_LONG_DATA -> statements.longData(packet);
      case STMT_CLOSE -> statements.close(packet);
      case INIT_DB, FIELD_LIST -> toHostgroup(defaultHostgroup());
      case SLEEP, CREATE_DB, DROP_DB, REFRESH, SHUTDOWN, PROCESS_INFO, CONNECT, DEBUG, TIME,
          DELAYED_INSERT, BINLOG_DUMP, TABLE_DUMP, CONNECT_OUT, REGISTER_REPLICA, DAEMON,
          BINLOG_DUMP_GTID, CLONE, SUBSCRIBE_GROUP_REPLICATION_STREAM ->
        refuseCommand(new Refusal("08S01", 1047,
            "Command " + command + " is not passed on: connect to the server for it"));
    }
  }

  /** The statement in a packet whose first byte is the command and whose rest is text. */
  Statement read(ByteBuf packet) {
    return local.read(packet, variables, status);
  }

  private void query(ByteBuf packet) {
    Statement statement = read(packet);
    current.statement(statement);
    if (QueryAnswers.answered(this, statement)) {
      return;
    }
    route(statement);
  }

  /** Decides where the statement goes, and sends it there. */
  void route(Statement statement) {
    RouteDecision decision = local.decide(statement, facts());
    if (decision.nextFlagIn() != RouteDecision.UNSET) {
      nextFlagIn = decision.nextFlagIn();
      facts = null;
    }
    current.decided(decision);
    if (decision.errorMessage() != null) {
      refuseCommand(new Refusal("42000", 1148, decision.errorMessage()));
    } else if (decision.okMessage() != null) {
      finish();
      LocalAnswers.ok(link, 1, capabilities, new Ok(false, 0, 0, status, 0,
          ByteString.of(decision.okMessage()),
          ByteString.EMPTY));
    } else {
      RewrittenText rewritten = decision.rewritten();
      boolean hasText = current.command() == Command.QUERY
          || current.command() == Command.STMT_PREPARE;
      if (rewritten != null && hasText && !replace(rewritten.bytes())) {
        return;
      }
      int hostgroup = decision.hostgroup() == RouteDecision.UNSET
          ? defaultHostgroup()
          : decision.hostgroup();
      int delay = decision.delayMillis() == RouteDecision.UNSET
          ? (int) runtime.settings().defaultQueryDelayMillis()
          : decision.delayMillis();
      if (delay > 0) {
        state = State.WAITING;
        CurrentCommand.Turn turn = current.turn();
        worker().after(delay, () -> {
          if (turn == current.turn() && state == State.WAITING) {
            toHostgroup(hostgroup);
          }
        });
      } else {
        toHostgroup(hostgroup);
      }
    }
  }

  /** Another text in place of the client's. False when that cannot be: the client was told. */
  private boolean replace(byte[] sql) {
    if (scanner.isInside()) {
      refuseCommand(new Refusal("42000", 1148,
          "a query rule rewrites this statement, which is too long to be rewritten"));
      return false;
    }
    current.replace(link, sql, capabilities);
    return true;
  }

  // --- a server for the command ---

  /** Sends the current command to a server of the hostgroup; stays with the one at hand while that is needed. */
  void toHostgroup(int hostgroup) {
    current.hostgroup(hostgroup);
    MysqlServer mine = server;
    if (mine != null) {
      proceed(mine);
    } else {
      acquire();
    }
  }

  private void acquire() {
    state = State.WAITING;
    if (waitedTooLong()) {
      return;
    }
    Target target = runtime.hostgroup(current.hostgroup()).choose(local.random());
    if (target == null) {
      target = runtime.lastResort(current.hostgroup());
    }
    if (target == null) {
      retryLater(NO_SERVER_RETRY_MILLIS);
      return;
    }
    MysqlPool pool = target.pool(user(), wire());
    waitingIn = pool;
    PooledConnection found = pool.pool().checkout(ticket, System.nanoTime());
    if (found != null) {
      granted((MysqlServer) found);
    }
  }

  private boolean waitedTooLong() {
    long limit = runtime.settings().connectTimeoutServerMaxMillis();
    long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - current.sinceNanos());
    if (waited < limit) {
      return false;
    }
    runtime.counters().connectTimeouts.increment();
    refuseCommand(MysqlRefusals.connectTimeout(current.hostgroup(), limit));
    return true;
  }

  private void retryLater(long millis) {
    CurrentCommand.Turn turn = current.turn();
    worker().after(Math.max(1, millis), () -> {
      if (turn == current.turn() && state == State.WAITING && waitingIn == null) {
        acquire();
      }
    });
  }

  @Override
  public void onGranted(PooledConnection connection) {
    granted((MysqlServer) connection);
    work();
  }

  private void granted(MysqlServer connection) {
    waitingIn = null;
    server = connection;
    connection.attach(this);
    proceed(connection);
  }

  @Override
  public void onRefused(Refusal why) {
    waitingIn = null;
    if (state != State.WAITING) {
      return;
    }
    if (why.mysqlErrno() == 2013 || why.mysqlErrno() == 2003) { // unreachable: another may be there
      if (current.countAttempt() > runtime.settings().connectRetriesOnFailure()) {
        refuseCommand(MysqlRefusals.connectFailure(current.hostgroup()));
      } else {
        retryLater(runtime.settings().connectRetriesDelayMillis());
      }
    } else {
      refuseCommand(why);
    }
    work();
  }

  /** Brings the server to where the client thinks it is, step by step, then sends the command. */
  private void proceed(MysqlServer on) {
    state = State.SYNCING;
    Command command = current.command();
    if (!schema.isEmpty() && !schema.equals(on.schema()) && command != Command.INIT_DB) {
      String wanted = schema;
      on.run(Command.INIT_DB, new ComInitDb(wanted), (_, error) -> {
        on.schema(error == null ? wanted : on.schema());
        continueOr(on, error, "schema " + wanted);
      });
      return;
    }
    if (!variables.equals(on.variables())) {
      SessionVariables wanted = variables;
      String sql = wanted.difference(on.variables());
      if (sql != null) {
        on.query(sql, (_, error) -> {
          on.variables(error == null ? wanted : on.variables());
          continueOr(on, error, "session variables");
        });
        return;
      }
    }
    on.variables(variables);
    Statement statement = current.statement();
    if (statement != null && QueryAnswers.asksForInsertId(statement)
        && on.lastInsertId() != lastInsertId) {
      long wanted = lastInsertId;
      on.query("SET last_insert_id=" + Long.toUnsignedString(wanted), (_, error) -> {
        on.lastInsertId(wanted);
        continueOr(on, error, "last_insert_id");
      });
      return;
    }
    if (!statements.ready(on)) {
      return; // comes back through resume()
    }
    send(on);
  }

  /** A step of {@link #proceed} is done. */
  void continueOr(MysqlServer on, @Nullable String error, String what) {
    if (state != State.SYNCING || server != on) {
      return;
    }
    if (error == null) {
      proceed(on);
    } else {
      LOG.info("{}: the server refuses {}: {}", this, what, error);
      giveBack(true);
      refuseCommand(new Refusal("HY000", 1105,
          "cannot bring the server to this session's " + what + ": " + error));
    }
    work();
  }

  private void send(MysqlServer on) {
    state = State.RUNNING;
    current.sent();
    ByteBuf packet = current.packet();
    if (!scanner.isInside()) {
      on.begin(current.command(), capabilities, scanner.nextSequence());
    }
    on.send(packet);
    if (!on.serves() && !scanner.isInside()) {
      settle(on); // a command without an answer
    } else if (on.congested() && scanner.isInside()) {
      pauseReads();
    } else if (scanner.isInside()) {
      resumeReads();
    }
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
    current.filing(true);
    scanner.expectFile(sequence);
    resumeReads();
  }

  /** What a result of the running command has changed in the server's session. */
  void changed(List<SessionChange> changes, SessionVariables now, String database) {
    variables = now;
    schema = database;
    facts = null;
    if (!now.bounded()) {
      pins.add(Pins.Reason.TOO_MANY_VARIABLES);
    }
    boolean explained = false;
    boolean stateChanged = false;
    for (SessionChange change : changes) {
      switch (change) {
        case SessionChange.SystemVariable _,SessionChange.Schema _ -> explained = true;
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
    if (!failed && tracker.command() == Command.QUERY && outcome.lastInsertId() != 0) {
      lastInsertId = outcome.lastInsertId();
      from.lastInsertId(lastInsertId);
    }
    if (!failed) {
      affectedRows = outcome.affectedRows();
    }
    pins.endOfStatement();
    SessionEffects.apply(this, current, from, outcome, pins);
    local.count(this, current, from, tracker);
    settle(from);
    work();
  }

  /** The command is over: what becomes of the server. */
  private void settle(MysqlServer from) {
    finish();
    boolean inTransaction = ServerStatus.has(status, ServerStatus.IN_TRANSACTION);
    if (inTransaction && transactionNanos == 0) {
      transactionNanos = System.nanoTime();
    } else if (!inTransaction) {
      transactionNanos = 0;
    }
    if (!inTransaction && !pins.any() && !scanner.isInside()
        && runtime.settings().multiplexing()) {
      server = null;
      from.release(false, System.nanoTime());
    }
    resumeReads();
  }

  /** The command is over, however it went. */
  private void finish() {
    current.end();
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
    transactionNanos = 0;
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
      state = State.WAITING;
      acquire();
    } else {
      refuseCommand(MysqlRefusals.LOST);
    }
    work();
  }

  /** Whether running the command again can do no harm, and is still possible. */
  private boolean mayRepeat() {
    if (scanner.isInside() || current.filing()) {
      return false;
    }
    int limit = current.retries(runtime.settings().queryRetriesOnFailure());
    return current.harmless() && current.countRepeat() <= limit;
  }

  // --- answers of ours ---

  /** The current command is answered with an error; the session goes on. */
  void refuseCommand(Refusal why) {
    if (scanner.isInside()) {
      discarding = true;
      current.refusal(why);
      return;
    }
    int sequence = scanner.nextSequence();
    Command command = current.command();
    finish();
    if (!command.isUnanswered()) {
      error(why, sequence);
    }
  }

  private void error(Refusal why, int sequence) {
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

  /** COM_STMT_CLOSE is done; nobody is answered. */
  void closedStatement() {
    MysqlServer from = server;
    if (from == null) {
      finish();
    } else {
      settle(from);
    }
  }

  private void setOption(ByteBuf packet) {
    int option = packet.getUnsignedShortLE(packet.readerIndex() + 5);
    if (option > 1) {
      refuseCommand(MysqlRefusals.UNKNOWN_COMMAND);
      return;
    }
    long bit = Capabilities.MULTI_STATEMENTS;
    if (server != null && (option == 0) != ((capabilities & bit) != 0)) {
      // The connection that is held keeps the option it has: it belongs to a pool of those alike.
      refuseCommand(new Refusal("HY000", 1105,
          "multi statements cannot be switched while the session holds its server ("
              + (pins.any() ? pins.describe() : "transaction") + ")"));
      return;
    }
    capabilities = option == 0 ? capabilities | bit : capabilities & ~bit;
    finish();
    LocalAnswers.eof(link, 1, capabilities, status);
  }

  /** As after login, but for the schema: what COM_RESET_CONNECTION promises. */
  private void resetSession() {
    giveBack(false);
    statements.clear();
    variables = initialVariables;
    status = ServerStatus.AUTOCOMMIT;
    lastInsertId = 0;
    affectedRows = 0;
    nextFlagIn = 0;
    facts = null;
  }

  private void changeUser(ByteBuf packet) {
    resetSession();
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
  private void giveBack(boolean dirty) {
    MysqlServer had = server;
    server = null;
    boolean leaves = dirty || pins.any() || ServerStatus.has(status, ServerStatus.IN_TRANSACTION);
    pins.clear();
    status &= ~ServerStatus.IN_TRANSACTION;
    transactionNanos = 0;
    if (had != null) {
      had.release(leaves, System.nanoTime());
    }
  }

  // --- KILL ---

  /** {@code KILL [QUERY] id} by this client. */
  void kill(long target, boolean queryOnly) {
    MysqlSession other = runtime.session(target);
    if (other == null || !other.belongsTo(user())) {
      refuseCommand(MysqlRefusals.unknownThread(target));
    } else {
      other.worker().run(() -> other.killed(queryOnly));
      if (state != State.CLOSED) {
        answerOk(0, 0);
      }
    }
  }

  private boolean belongsTo(MysqlUser whom) {
    return user == whom;
  }

  /** Somebody wants the running command to end, or the whole session. On the worker. */
  void killed(boolean queryOnly) {
    MysqlServer running = server;
    if (state == State.RUNNING && running != null) {
      MysqlKill.query(running);
    } else if (queryOnly && (state == State.WAITING)) {
      leaveQueue();
      refuseCommand(MysqlRefusals.KILLED);
      work();
    }
    if (!queryOnly) {
      close("killed");
    }
  }

  private void leaveQueue() {
    MysqlPool in = waitingIn;
    if (in != null) {
      waitingIn = null;
      in.pool().abandon(ticket);
    }
  }

  // --- flow control ---

  private void pauseReads() {
    if (!readsPaused) {
      readsPaused = true;
      link.pauseReads();
    }
  }

  private void resumeReads() {
    if (readsPaused) {
      readsPaused = false;
      link.resumeReads();
    }
  }

  /** The server takes more of what the client sends. */
  void serverWritable() {
    resumeReads();
    work();
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
    MysqlSettings s = runtime.settings();
    if (mine != null) {
      mine.tick(now);
    } else if (state == State.WAITING && waitingIn != null) {
      if (TimeUnit.NANOSECONDS.toMillis(now - current.sinceNanos()) >= s
          .connectTimeoutServerMaxMillis()) {
        leaveQueue();
        waitedTooLong();
        work();
      }
    } else if (state == State.RUNNING) {
      MysqlServer running = server;
      if (running != null && current.overdue(now, s.defaultQueryTimeoutMillis())) {
        MysqlKill.query(running);
      }
    } else if (state == State.IDLE) {
      long idle = TimeUnit.NANOSECONDS.toMillis(now - lastCommandNanos);
      boolean transaction = ServerStatus.has(status, ServerStatus.IN_TRANSACTION);
      if (s.waitTimeoutMillis() > 0 && idle >= s.waitTimeoutMillis()) {
        close("wait_timeout");
      } else if (transaction && idle >= s.maxTransactionIdleMillis()) {
        close("max_transaction_idle_time");
      } else if (transaction && TimeUnit.NANOSECONDS.toMillis(now - transactionNanos) >= s
          .maxTransactionMillis()) {
        close("max_transaction_time");
      }
    }
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
        error(why, scanner.nextSequence());
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
    leaveQueue();
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
    if (held != null) {
      held.release();
      held = null;
    }
    runtime.closed(this, was == State.LOGIN);
    link.close();
  }

  // --- what others ask ---

  @Override
  public Worker worker() {
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
    return user().row().defaultHostgroup();
  }

  /** What the connection to a server has to be able to do: what its client can, as far as it shows on the wire. */
  private long wire() {
    return capabilities & MysqlServerLogin.SHARED;
  }

  private SessionFacts facts() {
    SessionFacts known = facts;
    if (known == null) {
      known = new SessionFacts(user().name(), schema, link.remote().host(), link.local().host(),
          link.local().port(), nextFlagIn, false);
      facts = known;
    }
    return known;
  }

  String clientHost() {
    return link.remote().host();
  }

  /** As the process list shows it. Any thread: a glance at what may change meanwhile. */
  MysqlView.ClientProcess process(long now, int maxInfo) {
    MysqlUser u = user;
    MysqlServer on = server;
    Statement statement = current.statement();
    State at = state;
    String text = statement == null || at == State.IDLE ? "" : statement.text();
    long since = at == State.IDLE || at == State.LOGIN ? lastCommandNanos : current.sinceNanos();
    Link.Endpoint to = on == null ? null : on.local();
    return new MysqlView.ClientProcess(worker().index(), id,
        u == null ? "unauthenticated user" : u.name(), schema, link.remote().host(),
        link.remote().port(), current.hostgroup(), to == null ? null : to.host(),
        to == null ? null : to.port(), on == null ? null : on.owner().target().row().hostname(),
        on == null ? null : on.owner().target().row().port(), commandName(at),
        TimeUnit.NANOSECONDS.toMillis(now - since),
        text.length() > maxInfo ? text.substring(0, maxInfo) : text, status, null);
  }

  private String commandName(State at) {
    return switch (at) {
      case LOGIN -> "Connecting client";
      case IDLE, CLOSED -> "Sleep";
      case WAITING -> "Connect";
      case SYNCING -> "Changing charset";
      case RUNNING -> switch (current.command()) {
        case STMT_EXECUTE -> "Execute";
        case STMT_PREPARE -> "Prepare";
        case INIT_DB -> "InitDB";
        default -> "Query";
      };
    };
  }

  @Override
  public String toString() {
    MysqlUser u = user;
    return "C-" + id + ": " + (u == null ? "(nouser)" : u.name()) + "@" + link.remote();
  }
}
