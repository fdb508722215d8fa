package dev.weir.core.pg;

import dev.weir.core.control.Answer;
import dev.weir.core.control.LocalSession;
import dev.weir.core.control.ResultTable;
import dev.weir.core.error.Refusal;
import dev.weir.core.metrics.TrafficCounters;
import dev.weir.core.net.Bytes;
import dev.weir.core.net.Link;
import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.BackendMessage;
import dev.weir.pg.message.Bind;
import dev.weir.pg.message.BindComplete;
import dev.weir.pg.message.Close;
import dev.weir.pg.message.CloseComplete;
import dev.weir.pg.message.CommandComplete;
import dev.weir.pg.message.DataRow;
import dev.weir.pg.message.Describe;
import dev.weir.pg.message.EmptyQueryResponse;
import dev.weir.pg.message.ErrorField;
import dev.weir.pg.message.ErrorResponse;
import dev.weir.pg.message.Execute;
import dev.weir.pg.message.MalformedMessageException;
import dev.weir.pg.message.NoData;
import dev.weir.pg.message.NoticeResponse;
import dev.weir.pg.message.ParameterDescription;
import dev.weir.pg.message.Parse;
import dev.weir.pg.message.ParseComplete;
import dev.weir.pg.message.Query;
import dev.weir.pg.message.ReadyForQuery;
import dev.weir.pg.message.RowDescription;
import dev.weir.pg.message.TxStatus;
import dev.weir.pg.message.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The wire of a client that talks to a {@link LocalSession}: simple and extended protocol. Confined to the client's
 * worker. One statement runs at a time; what arrives meanwhile is held.
 */
final class LocalConsole {
  private static final int MAX_MESSAGE = 64 * 1024;
  private static final int MAX_HELD = 256 * 1024;
  private static final int MAX_NAMES = 1000;

  private final PgSession session;
  private final LocalSession endpoint;
  private final Map<String, String> statements = new HashMap<>();
  private final Map<String, Portal> portals = new HashMap<>();
  private @Nullable ByteBuf received;
  private boolean running;
  private boolean counted;
  private boolean skipToSync;
  private boolean closed;

  private record Portal(String sql, List<Integer> formats) {}

  LocalConsole(PgSession session, LocalSession endpoint) {
    this.session = session;
    this.endpoint = endpoint;
  }

  Iterable<Map.Entry<String, String>> greeting() {
    return endpoint.greeting();
  }

  void cancel() {
    endpoint.cancel();
  }

  void closed() {
    closed = true;
    endpoint.closed();
    if (received != null) {
      received.release();
      received = null;
    }
  }

  void onBytes(ByteBuf bytes) {
    received = received == null ? bytes : Bytes.join(received, bytes);
    if (received.readableBytes() > MAX_HELD) {
      session.refuse(Refusal.BAD_PACKET);
      return;
    }
    work();
  }

  private void work() {
    try {
      while (!running && !closed && received != null
          && received.readableBytes() >= Framing.HEADER) {
        ByteBuf in = received;
        int length = Framing.messageLength(in, in.readerIndex(), MAX_MESSAGE);
        if (in.readableBytes() < length) {
          return;
        }
        byte tag = in.getByte(in.readerIndex());
        ByteBuf body = in.slice(in.readerIndex() + Framing.HEADER, length - Framing.HEADER);
        in.skipBytes(length);
        message(tag, body);
        if (received != null && !received.isReadable()) {
          received.release();
          received = null;
        }
      }
    } catch (MalformedMessageException e) {
      session.refuse(Refusal.BAD_PACKET);
    }
  }

  private void message(byte tag, ByteBuf body) {
    if (tag == 'X') {
      session.close(null, "client close request");
      return;
    }
    session.times().consoleAsked();
    if (!counted) { // a console is one query and one transaction, however long it lasts
      counted = true;
      TrafficCounters traffic = session.runtime().consoleMetrics(session.worker());
      traffic.addQueries(1);
      traffic.addTransactions(1);
    }
    if (tag == 'S') {
      skipToSync = false;
      portals.clear();
      ready();
      return;
    }
    if (skipToSync) {
      return;
    }
    switch (tag) {
      case 'Q' -> {
        String sql = Query.decode(body).sql();
        run(sql, true, List.of());
      }
      case 'P' -> parse(Parse.decode(body));
      case 'B' -> bind(Bind.decode(body));
      case 'D' -> describe(Describe.decode(body));
      case 'E' -> execute(Execute.decode(body));
      case 'C' -> close(Close.decode(body));
      case 'H' -> session.link().flush();
      default -> session
          .refuse(Refusal.no(1047, "unsupported packet type for admin console: " + (tag & 0xff)));
    }
  }

  // --- extended protocol ---

  private void parse(Parse parse) {
    if (statements.size() >= MAX_NAMES) {
      fail("08P01", "too many prepared statements at the console");
    } else {
      statements.put(parse.name(), parse.text());
      write(new ParseComplete());
    }
  }

  private void bind(Bind bind) {
    String sql = statements.get(bind.statement());
    if (sql == null) {
      fail("26000", "prepared statement \"" + bind.statement() + "\" does not exist");
    } else if (!bind.parameters().isEmpty()) {
      fail("08P01", "the console takes no parameters");
    } else if (portals.size() >= MAX_NAMES) {
      fail("08P01", "too many portals at the console");
    } else {
      portals.put(bind.portal(), new Portal(sql, bind.resultFormats()));
      write(new BindComplete());
    }
  }

  private void describe(Describe describe) {
    Portal portal = describe.ofStatement() ? null : portals.get(describe.name());
    String sql = describe.ofStatement()
        ? statements.get(describe.name())
        : portal == null ? null : portal.sql();
    if (sql == null) {
      fail(describe.ofStatement() ? "26000" : "34000",
          "\"" + describe.name() + "\" does not exist");
      return;
    }
    if (describe.ofStatement()) {
      write(new ParameterDescription(List.of()));
    }
    running = true;
    endpoint.describe(sql).thenAccept(shape -> session.worker().run(() -> {
      running = false;
      if (!closed) {
        List<ResultTable.Column> columns = shape.columns();
        write(columns == null
            ? new NoData()
            : rowDescription(columns, portal == null ? List.of() : portal.formats()));
        work();
      }
    }));
  }

  private void execute(Execute execute) {
    Portal portal = portals.get(execute.portal());
    if (portal == null) {
      fail("34000", "portal \"" + execute.portal() + "\" does not exist");
    } else if (portal.sql().isBlank()) {
      write(new EmptyQueryResponse());
    } else {
      run(portal.sql(), false, portal.formats());
    }
  }

  private void close(Close close) {
    if (close.ofStatement()) {
      statements.remove(close.name());
    } else {
      portals.remove(close.name());
    }
    write(new CloseComplete());
  }

  // --- running ---

  private void run(String sql, boolean simple, List<Integer> formats) {
    running = true;
    endpoint.run(sql).thenAccept(answer -> session.worker().run(() -> {
      running = false;
      if (!closed) {
        give(answer, simple, formats);
        work();
      }
    }));
  }

  private void give(Answer answer, boolean simple, List<Integer> formats) {
    switch (answer) {
      case Answer.Rows(ResultTable table, String tag) -> {
        if (simple) {
          write(rowDescription(table.columns(), formats));
        }
        for (List<@Nullable String> row : table.rows()) {
          writeRow(table.columns(), row, formats);
        }
        write(new CommandComplete(tag));
      }
      case Answer.Done(List<Answer.Notice> notices, String tag, long _, String info) -> {
        notices.forEach(notice -> write(notice(notice)));
        if (!info.isEmpty()) {
          write(notice(new Answer.Notice(info, null)));
        }
        write(new CommandComplete(tag));
      }
      case Answer.Failed(String sqlState, int _, String message) -> {
        if (simple) {
          write(ErrorResponse.of("ERROR", sqlState, message));
        } else {
          fail(sqlState, message);
        }
      }
      case Answer.Hangup() -> {
        session.close(null, "shutdown");
        return;
      }
    }
    if (simple) {
      ready();
    }
  }

  private static NoticeResponse notice(Answer.Notice notice) {
    SequencedMap<Character, String> fields = new LinkedHashMap<>();
    fields.put(ErrorField.SEVERITY, "NOTICE");
    fields.put(ErrorField.SQLSTATE, "00000");
    fields.put(ErrorField.MESSAGE, notice.message());
    String detail = notice.detail();
    if (detail != null) {
      fields.put('D', detail);
    }
    return new NoticeResponse(fields);
  }

  private static RowDescription rowDescription(List<ResultTable.Column> columns,
      List<Integer> formats) {
    List<RowDescription.Field> fields = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      ResultTable.Column c = columns.get(i);
      fields.add(new RowDescription.Field(c.name(), 0, 0, oid(c.type()), size(c.type()), -1,
          binary(c.type(), formats, i) ? 1 : 0));
    }
    return new RowDescription(fields);
  }

  private static int oid(ResultTable.Type type) {
    return switch (type) {
      case TEXT -> 25;
      case INT -> 23;
      case BIGINT -> 20;
      case NUMERIC -> 1700;
      case BYTES -> 17;
    };
  }

  private static int size(ResultTable.Type type) {
    return switch (type) {
      case INT -> 4;
      case BIGINT -> 8;
      case TEXT, NUMERIC, BYTES -> -1;
    };
  }

  /** Drivers may ask for binary; text and integers can be had that way, the others stay text. */
  private static boolean binary(ResultTable.Type type, List<Integer> formats, int column) {
    int wanted = formats.isEmpty()
        ? 0
        : formats.size() == 1
            ? formats.getFirst()
            : column < formats.size() ? formats.get(column) : 0;
    return wanted == 1 && switch (type) {
      case TEXT, INT, BIGINT -> true;
      case NUMERIC, BYTES -> false;
    };
  }

  private void writeRow(List<ResultTable.Column> columns, List<@Nullable String> row,
      List<Integer> formats) {
    ByteBuf out = session.link().buffer(256);
    int start = Wire.begin(out, DataRow.TAG);
    out.writeShort(row.size());
    for (int i = 0; i < row.size(); i++) {
      String value = row.get(i);
      ResultTable.Type type = columns.get(i).type();
      if (value == null) {
        out.writeInt(-1);
      } else if (!binary(type, formats, i) || type == ResultTable.Type.TEXT) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(text.length).writeBytes(text);
      } else if (type == ResultTable.Type.INT) {
        out.writeInt(4).writeInt((int) Long.parseLong(value));
      } else {
        out.writeInt(8).writeLong(Long.parseLong(value));
      }
    }
    Wire.end(out, start);
    session.link().write(out);
  }

  private void fail(String sqlState, String message) {
    skipToSync = true;
    write(ErrorResponse.of("ERROR", sqlState, message));
  }

  private void ready() {
    write(new ReadyForQuery(TxStatus.IDLE));
  }

  private void write(BackendMessage message) {
    Link link = session.link();
    ByteBuf out = link.buffer(256);
    message.encode(out);
    link.write(out);
  }
}
