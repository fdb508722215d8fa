package dev.weir.core.mysql;

import dev.weir.core.config.mysql.UserRow;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.LocalEndpoint;
import dev.weir.core.control.LocalSession;
import dev.weir.core.control.ResultTable;
import dev.weir.core.error.Refusal;
import dev.weir.core.net.Bytes;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.mysql.codec.CommandScanner;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResultWriter;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Collation;
import dev.weir.mysql.packet.ColumnDefinition41;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.Ok;
import dev.weir.mysql.packet.ServerStatus;
import dev.weir.mysql.packet.StmtPrepareOk;
import dev.weir.mysql.packet.WireText;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the admin port (6032): MySQL's wire in front of a {@link LocalEndpoint}. One statement at a time; what
 * comes meanwhile is kept, up to a bound. Confined to its worker.
 */
public final class MysqlConsole implements LinkHandler, MysqlLogin.Client {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlConsole.class);
  private static final int MAX_PACKET = 16 << 20;
  private static final int MAX_HELD = 1 << 20;
  private static final int MAX_STATEMENTS = 1000;
  /** Every column of ProxySQL's admin port is this long, in utf8. */
  private static final int COLUMN_LENGTH = 15;
  private static final int WRITE_PIECE = 64 * 1024;
  /** SQLite knows no backslashes in texts; clients that are told so double the quotes instead. */
  private static final int STATUS = ServerStatus.AUTOCOMMIT | ServerStatus.NO_BACKSLASH_ESCAPES;

  /** An account of the admin port. */
  public record Account(String password, Access access) {}

  private final MysqlRuntime runtime;
  private final Link link;
  private final Supplier<Map<String, Account>> accounts;
  private final LocalEndpoint endpoint;
  private final int id;
  private final CommandScanner scanner = new CommandScanner();
  private final Map<Integer, Prepared> prepared = new HashMap<>();
  private @Nullable MysqlLogin login;
  private @Nullable LocalSession session;
  private @Nullable ByteBuf held;
  private String user = "";
  private long capabilities;
  private int lastStatement;
  private boolean busy;
  private boolean closed;
  private final long createdNanos = System.nanoTime();

  private record Prepared(String sql, int parameters) {}

  private MysqlConsole(MysqlRuntime runtime, Link link, Supplier<Map<String, Account>> accounts,
      LocalEndpoint endpoint, int id) {
    this.runtime = runtime;
    this.link = link;
    this.accounts = accounts;
    this.endpoint = endpoint;
    this.id = id;
    this.login = new MysqlLogin(runtime, this, link);
  }

  /** A client has connected to the admin port. On its worker. */
  public static LinkHandler accept(MysqlRuntime runtime, Link link,
      Supplier<Map<String, Account>> accounts, LocalEndpoint endpoint) {
    MysqlConsole console = new MysqlConsole(runtime, link, accounts, endpoint,
        runtime.nextConsoleId());
    runtime.local(link.worker()).add(console);
    link.worker().execute(() -> {
      MysqlLogin mine = console.login;
      if (mine != null) {
        mine.greet();
      }
    });
    return console;
  }

  // --- login ---

  @Override
  public int id() {
    return id;
  }

  @Override
  public boolean admin() {
    return true;
  }

  @Override
  public long createdNanos() {
    return createdNanos;
  }

  @Override
  public int greetingStatus() {
    return STATUS;
  }

  @Override
  public @Nullable MysqlUser named(String name, String database) {
    Account account = accounts.get().get(name);
    return account == null
        ? null
        : new MysqlUser(new UserRow(name, account.password(), true, false, 0, null, false, false,
            false, false, true, Integer.MAX_VALUE, "", ""));
  }

  @Override
  public boolean servesServers() {
    return false;
  }

  @Override
  public @Nullable Refusal enter(MysqlUser as, String database) {
    boolean wellKnown = as.name().equals("admin") || as.name().equals("stats")
        || as.name().equals("monitor");
    String from = link.remote().host();
    boolean local = link.remote().unix() || from.startsWith("127.") || from.equals("::1");
    return wellKnown && !local
        ? new Refusal("42000", 1040, "User '" + as.name() + "' can only connect locally")
        : null;
  }

  @Override
  public void loggedIn(MysqlUser as, long agreed, SessionVariables initial, String database) {
    login = null;
    user = as.name();
    capabilities = agreed & ~Capabilities.SESSION_TRACK;
    scanner.renumber(CompressionStage.isAgreed(agreed));
    Account account = accounts.get().get(user);
    session = endpoint.open(new LocalEndpoint.LocalClient(user,
        account == null ? Access.STATS : account.access(), id, LocalEndpoint.Wire.MYSQL));
  }

  // --- commands ---

  @Override
  public void onBytes(ByteBuf bytes) {
    MysqlLogin mine = login;
    if (closed) {
      bytes.release();
    } else if (mine != null) {
      mine.onBytes(bytes);
    } else {
      held = held == null ? bytes : Bytes.join(held, bytes);
      work();
    }
  }

  private void work() {
    try {
      while (!busy && !closed && held != null && next(held)) {
        // one command at a time
      }
    } catch (MalformedPacketException e) {
      LOG.info("{}: {}", this, e.getMessage());
      close("malformed packet");
    }
    if (held != null && held.readableBytes() > MAX_PACKET + MAX_HELD) {
      close("too much at once");
    } else if (busy && held != null && held.readableBytes() > MAX_HELD) {
      link.pauseReads();
    } else if (!busy) {
      link.resumeReads();
    }
    if (held != null && !held.isReadable()) {
      held.release();
      held = null;
    }
  }

  private boolean next(ByteBuf in) {
    int at = in.readerIndex();
    int end = scanner.scan(in, at, in.writerIndex());
    if (end == at) {
      return false;
    }
    if (scanner.length() > MAX_PACKET) {
      throw new MalformedPacketException("packet of " + scanner.length() + " bytes");
    }
    if (!scanner.ends()) {
      scanner.putBack();
      return false;
    }
    ByteBuf body = in.slice(at + Packets.HEADER, end - at - Packets.HEADER);
    in.readerIndex(end);
    Command command = scanner.command();
    if (command == null) {
      refuse("Command not supported");
    } else {
      run(command, body);
    }
    return true;
  }

  private void run(Command command, ByteBuf body) {
    switch (command) {
      case QUIT -> {
        AuditTrail.quit(runtime, this, link, user, "");
        close("client close request");
      }
      case PING, INIT_DB, RESET_CONNECTION -> ok(0, "");
      case SET_OPTION -> LocalAnswers.eof(link, 1, capabilities, STATUS);
      case STATISTICS -> LocalAnswers.text(link, runtime.statistics());
      case QUERY -> ask(text(body), List.of(), false);
      case STMT_PREPARE -> prepare(text(body));
      case STMT_EXECUTE -> execute(body);
      case STMT_CLOSE -> prepared.remove(body.getIntLE(body.readerIndex() + 1));
      case STMT_RESET -> ok(0, "");
      default -> refuse("Command not supported");
    }
  }

  private static String text(ByteBuf body) {
    byte[] sql = new byte[body.readableBytes() - 1];
    body.getBytes(body.readerIndex() + 1, sql);
    return WireText.decode(sql);
  }

  private void ask(String sql, List<@Nullable Object> values, boolean binary) {
    busy = true;
    session().run(sql, values).whenComplete((answer, failure) -> link.worker().execute(() -> {
      busy = false;
      if (!closed) {
        if (failure != null) {
          LOG.error("admin statement failed", failure);
          refuse("internal error, see logs for additional details");
        } else {
          write(answer, binary);
        }
        work();
      }
    }));
  }

  private void write(Answer answer, boolean binary) {
    switch (answer) {
      case Answer.Rows(ResultTable table, String _) -> rows(table, binary);
      case Answer.Done done -> ok(done.affectedRows(), done.info());
      case Answer.Failed(String state, int errno, String message) ->
        LocalAnswers.error(link, 1, capabilities, new Refusal(state, errno, message));
      case Answer.Hangup() -> close("console ends");
    }
  }

  private void rows(ResultTable table, boolean binary) {
    ByteBuf out = link.buffer(1024);
    ResultWriter writer = binary
        ? ResultWriter.binary(out, 1, capabilities)
        : ResultWriter.text(out, 1, capabilities);
    writer.columns(columns(table.columns()), STATUS);
    for (List<@Nullable String> row : table.rows()) {
      writer.row(row);
    }
    writer.end(STATUS, 0);
    while (out.readableBytes() > WRITE_PIECE) { // so that a slow reader's buffer is given back piece by piece
      link.write(out.readRetainedSlice(WRITE_PIECE));
    }
    link.write(out);
  }

  private static List<ColumnDefinition41> columns(List<ResultTable.Column> columns) {
    List<ColumnDefinition41> definitions = new ArrayList<>(columns.size());
    for (ResultTable.Column column : columns) {
      definitions.add(
          ColumnDefinition41.text(column.name(), Collation.UTF8MB3_GENERAL_CI, COLUMN_LENGTH));
    }
    return definitions;
  }

  private void ok(long affected, String info) {
    LocalAnswers.ok(link, 1, capabilities, new Ok(false, affected, 0, STATUS, 0,
        ByteString.of(info), ByteString.EMPTY));
  }

  private void refuse(String why) {
    LocalAnswers.error(link, 1, capabilities, new Refusal("28000", 1045, why));
  }

  // --- prepared statements ---

  private void prepare(String sql) {
    if (prepared.size() >= MAX_STATEMENTS) {
      refuse("Too many prepared statements");
      return;
    }
    busy = true;
    session().describe(sql).whenComplete((shape, failure) -> link.worker().execute(() -> {
      busy = false;
      if (closed) {
        return;
      }
      if (failure != null || shape == null) {
        refuse("internal error, see logs for additional details");
      } else if (shape.refused() != null) {
        write(shape.refused(), false);
      } else {
        prepared(sql, shape);
      }
      work();
    }));
  }

  private void prepared(String sql, LocalSession.Description shape) {
    int statement = ++lastStatement;
    prepared.put(statement, new Prepared(sql, shape.parameters()));
    List<ResultTable.Column> columns = shape.columns() == null ? List.of() : shape.columns();
    ByteBuf out = link.buffer(512);
    int sequence = Packets.write(out, 1,
        new StmtPrepareOk(statement, columns.size(), shape.parameters(), 0), capabilities);
    List<ColumnDefinition41> parameters = new ArrayList<>();
    for (int i = 0; i < shape.parameters(); i++) {
      parameters.add(ColumnDefinition41.text("?", Collation.UTF8MB3_GENERAL_CI, COLUMN_LENGTH));
    }
    sequence = ResultWriter.definitions(out, sequence, capabilities, parameters,
        STATUS);
    ResultWriter.definitions(out, sequence, capabilities, columns(columns),
        STATUS);
    link.write(out);
  }

  private void execute(ByteBuf body) {
    Prepared statement = prepared.get(body.getIntLE(body.readerIndex() + 1));
    if (statement == null) {
      LocalAnswers.error(link, 1, capabilities,
          MysqlRefusals.unknownStatement("mysqld_stmt_execute"));
      return;
    }
    List<@Nullable Object> values = ExecuteValues.read(body, statement.parameters(),
        capabilities);
    if (values == null) {
      refuse("parameter of a type that is not understood here");
    } else {
      ask(statement.sql(), values, true);
    }
  }

  // --- the end ---

  void tick(long now) {
    MysqlLogin mine = login;
    if (mine != null) {
      mine.tick(now);
    }
  }

  @Override
  public void onWritable() {
    // results are written at once
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    close("client gone");
  }

  @Override
  public void close(String reason) {
    if (closed) {
      return;
    }
    closed = true;
    AuditTrail.closed(runtime, this, link, user, "", reason);
    runtime.local(link.worker()).remove(this);
    if (login != null) {
      login.abandon();
      login = null;
    }
    if (session != null) {
      session.closed();
    }
    if (held != null) {
      held.release();
      held = null;
    }
    link.close();
  }

  private LocalSession session() {
    LocalSession s = session;
    if (s == null) {
      throw new IllegalStateException("not logged in");
    }
    return s;
  }

  @Override
  public String toString() {
    return "A-" + id + ": " + user + "@" + link.remote();
  }
}
