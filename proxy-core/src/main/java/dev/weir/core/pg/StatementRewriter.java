package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.Parse;
import dev.weir.pg.message.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's named statements, and the rewriting of its Parse, Bind, Describe and Close to the names that servers know.
 * Confined to the session's worker.
 *
 * <p>Names are kept as ISO-8859-1 texts: one character a byte, whatever the client's encoding is.
 */
final class StatementRewriter {
  /** What a rewrite did with the message at the cursor. */
  enum Outcome {
    /** Not ours: pass it on as it is, after {@link PgServer#expect}. */
    PASS,
    /** Needs more bytes than have arrived. */
    INCOMPLETE,
    /** Done; {@link #consumed} bytes of it are dealt with, what follows of the message is passed on. */
    REWRITTEN,
    /** The client broke the rules: {@link #refusal}. */
    REFUSED
  }

  /** Longest message, or part before the values, that is held until it is whole. */
  private static final int MAX_HELD = 64 * 1024 * 1024;

  private static final Refusal TOO_MANY = new Refusal("53400", 1461,
      "too many prepared statements");

  private final PgSession session;
  /** What one client may keep: far more than drivers do, far less than hurts. */
  private static final int MAX_STATEMENTS = 100_000;
  private static final long MAX_BYTES = 256L * 1024 * 1024;

  private static final int MAX_UNNAMED = 1024 * 1024;

  private @Nullable PreparedStatement unnamed;
  private final Map<String, PreparedStatement> byName = new HashMap<>();
  private long bytesKept;
  private int consumed;
  private boolean discards;
  private @Nullable Refusal refusal;
  private String complaint = "";

  StatementRewriter(PgSession session) {
    this.session = session;
  }

  int consumed() {
    return consumed;
  }

  /** Whether the Bind just rewritten is of a statement that may throw others away. */
  boolean boundDiscards() {
    return discards;
  }

  /** Whether this Parse, Bind, Describe or Close is of a statement with a name; true when that has not arrived yet. */
  static boolean names(byte tag, ByteBuf in, int at, int length) {
    int have = Math.min(in.writerIndex(), at + length);
    int from = at + Framing.HEADER;
    int nameAt = switch (tag) {
      case 'P' -> from;
      case 'B' -> {
        int portalEnd = Wire.cStringEnd(in, from, have);
        yield portalEnd < 0 ? have : portalEnd + 1;
      }
      default -> from < have && in.getByte(from) == 'P' ? -1 : from + 1;
    };
    return nameAt >= have || (nameAt >= 0 && in.getByte(nameAt) != 0);
  }

  /** Why, after REFUSED. */
  Refusal refusal() {
    Refusal why = refusal;
    return why == null ? Refusal.BAD_PACKET : why;
  }

  /** The same for the log, with the name. */
  String complaint() {
    return complaint;
  }

  int size() {
    return byName.size();
  }

  void clear() {
    unnamed = null;
    byName.clear();
    bytesKept = 0;
  }

  /**
   * A Parse of the unnamed statement that was not bound before its Sync, so that the next Bind may find another server:
   * from here on it is treated as one with a name.
   */
  void keepUnnamed(ByteBuf in, int at, int length) {
    int from = at + Framing.HEADER + 1;
    byte[] definition = new byte[at + length - from];
    in.getBytes(from, definition);
    if (definition.length <= MAX_UNNAMED) {
      unnamed = session.runtime().statements().of(definition);
    }
  }

  /** Another unnamed statement, or a Query, takes its place. */
  void dropUnnamed() {
    unnamed = null;
  }

  /** Whether the client has a statement of this name that SQL did not prepare. */
  boolean knows(String name) {
    return byName.containsKey(name);
  }

  /**
   * {@code DEALLOCATE} of a statement that the protocol prepared: the server is given its name for it. What the server
   * does not have it is given first, so that it has something to deallocate and gives the answer itself.
   */
  void deallocate(PgServer server, String name, int limit) {
    PreparedStatement statement = byName.get(name);
    if (statement == null) {
      return;
    }
    if (!server.statements().certain(statement)) {
      server.preparer().prepare(statement, limit);
      server.expect(ReplyQueue.SYNC, ReplyQueue.SWALLOW, null); // else a failure would swallow the query
      server.send(server.buffer(5).writeByte('S').writeInt(4));
    }
    server.expect(ReplyQueue.QUERY, ReplyQueue.FORWARD, new ReplyNote.Deallocated(statement, name));
    server.sendQuery("DEALLOCATE \"" + new String(statement.serverName(), StandardCharsets.US_ASCII)
        + '"');
  }

  /** The server has deallocated it. */
  void deallocated(String name) {
    forget(name);
  }

  private @Nullable PreparedStatement forget(String name) {
    PreparedStatement gone = byName.remove(name);
    if (gone != null) {
      bytesKept -= gone.definition().length;
    }
    return gone;
  }

  private Outcome refuse(Refusal why, String line) {
    refusal = why;
    complaint = line;
    return Outcome.REFUSED;
  }

  /** A Parse of {@code length} bytes at {@code at}. */
  Outcome parse(PgServer server, ByteBuf in, int at, int length, int limit) {
    int end = in.writerIndex();
    int from = at + Framing.HEADER;
    if (end > from && in.getByte(from) == 0) {
      return Outcome.PASS;
    }
    if (end - at < length) {
      return length > MAX_HELD ? broken("Parse") : Outcome.INCOMPLETE;
    }
    int definitionAt = Parse.nameEnd(in, from, at + length);
    if (definitionAt < 0 || Wire.cStringEnd(in, definitionAt, at + length) < 0) {
      return broken("Parse");
    }
    String name = name(in, from, definitionAt - 1);
    PreparedStatement inUse = byName.get(name);
    if (inUse != null && session.runtime().hot().serverTellsStatementErrors()) {
      if (!server.statements().uses(inUse)) {
        server.preparer().prepare(inUse, limit);
      }
      server.preparer().repeatParse(inUse); // the server has it, and says so
      consumed = length;
      return Outcome.REWRITTEN;
    }
    if (inUse != null) {
      return refuse(Refusal.PREPARED_NAME_IN_USE,
          "prepared statement '" + name + "' was already prepared");
    }
    byte[] definition = new byte[at + length - definitionAt];
    in.getBytes(definitionAt, definition);
    if (byName.size() >= MAX_STATEMENTS || bytesKept + definition.length > MAX_BYTES) {
      return refuse(TOO_MANY,
          "too many prepared statements: " + byName.size() + " of " + bytesKept + " bytes");
    }
    PreparedStatement statement = session.runtime().statements().of(definition);
    byName.put(name, statement);
    bytesKept += definition.length;
    consumed = length;
    if (server.statements().certain(statement)) {
      server.expect(ReplyQueue.PARSE, ReplyQueue.FAKE,
          new ReplyNote.ClientParse(statement, name, null));
      server.answerFakes();
    } else {
      server.preparer().parseFor(statement, name, limit);
    }
    return Outcome.REWRITTEN;
  }

  /** A Bind: its names are rewritten, its values are passed on as they come. */
  Outcome bind(PgServer server, ByteBuf in, int at, int length, int limit) {
    int from = at + Framing.HEADER;
    int have = Math.min(in.writerIndex(), at + length);
    int portalEnd = Wire.cStringEnd(in, from, have);
    int nameEnd = portalEnd < 0 ? -1 : Wire.cStringEnd(in, portalEnd + 1, have);
    if (nameEnd < 0) {
      return have == at + length || have - at > MAX_HELD ? broken("Bind") : Outcome.INCOMPLETE;
    }
    if (nameEnd == portalEnd + 1 && unnamed == null) {
      return Outcome.PASS;
    }
    String name = name(in, portalEnd + 1, nameEnd);
    PreparedStatement statement = name.isEmpty() ? unnamed : byName.get(name);
    if (statement == null) {
      return unknown(name);
    }
    if (!server.statements().uses(statement)) {
      server.preparer().prepare(statement, limit);
    }
    byte[] serverName = statement.serverName();
    int portalLength = portalEnd + 1 - from;
    ByteBuf head = session.link().buffer(Framing.HEADER + portalLength + serverName.length + 1);
    head.writeByte('B').writeInt(length - 1 + serverName.length - (nameEnd - portalEnd - 1));
    head.writeBytes(in, from, portalLength).writeBytes(serverName).writeByte(0);
    session.states().bound(server, statement);
    server.expect(ReplyQueue.BIND, ReplyQueue.FORWARD, null);
    server.send(head);
    discards = statement.discards();
    consumed = nameEnd + 1 - at;
    return Outcome.REWRITTEN;
  }

  /** A Describe. */
  Outcome describe(PgServer server, ByteBuf in, int at, int length, int limit) {
    if (in.writerIndex() - at < length) {
      return length > MAX_HELD ? broken("Describe") : Outcome.INCOMPLETE;
    }
    String name = statementName(in, at, length);
    if (name == null) {
      return broken("Describe");
    }
    if (name.isEmpty() && (unnamed == null || in.getByte(at + Framing.HEADER) == 'P')) {
      return Outcome.PASS;
    }
    PreparedStatement statement = name.isEmpty() ? unnamed : byName.get(name);
    if (statement == null) {
      return unknown(name);
    }
    if (!server.statements().uses(statement)) {
      server.preparer().prepare(statement, limit);
    }
    byte[] serverName = statement.serverName();
    ByteBuf out = session.link().buffer(serverName.length + 7);
    out.writeByte('D').writeInt(serverName.length + 6).writeByte('S').writeBytes(serverName)
        .writeByte(0);
    server.expect(ReplyQueue.DESCRIBE, ReplyQueue.FORWARD, null);
    server.send(out);
    consumed = length;
    return Outcome.REWRITTEN;
  }

  /**
   * A Close of a statement is answered by us: servers keep the text for the next client that prepares it.
   *
   * @param server null when the client has none at the moment
   */
  Outcome close(@Nullable PgServer server, ByteBuf in, int at, int length) {
    if (in.writerIndex() - at < length) {
      return length > MAX_HELD ? broken("Close") : Outcome.INCOMPLETE;
    }
    String name = statementName(in, at, length);
    if (name == null) {
      return broken("Close");
    }
    if (name.isEmpty()) {
      if (in.getByte(at + Framing.HEADER) == 'S') {
        unnamed = null;
      }
      return Outcome.PASS;
    }
    consumed = length;
    PreparedStatement statement = forget(name);
    if (server == null) {
      session.answerFake(ReplyQueue.CLOSE);
    } else {
      server.expect(ReplyQueue.CLOSE, ReplyQueue.FAKE,
          statement == null ? null : new ReplyNote.Closed(statement, name));
      server.answerFakes();
    }
    return Outcome.REWRITTEN;
  }

  /** The name in a Describe or Close of a statement; empty for portals and the unnamed one, null when malformed. */
  private static @Nullable String statementName(ByteBuf in, int at, int length) {
    int kindAt = at + Framing.HEADER;
    if (length < Framing.HEADER + 2) {
      return null;
    }
    int end = Wire.cStringEnd(in, kindAt + 1, at + length);
    if (end != at + length - 1) {
      return null;
    }
    return switch (in.getByte(kindAt)) {
      case 'P' -> "";
      case 'S' -> name(in, kindAt + 1, end);
      default -> null;
    };
  }

  private static String name(ByteBuf in, int from, int end) {
    return in.toString(from, end - from, StandardCharsets.ISO_8859_1);
  }

  private Outcome broken(String which) {
    return refuse(Refusal.brokenPacket(which), "broken " + which + " packet");
  }

  /** A name that the client never prepared: in the server's manner, the server says so, which has no such name either. */
  private Outcome unknown(String name) {
    if (session.runtime().hot().serverTellsStatementErrors()
        && !name.startsWith(PreparedStatement.PREFIX)) {
      return Outcome.PASS;
    }
    return refuse(Refusal.PREPARED_NOT_FOUND, "prepared statement '" + name + "' not found");
  }

  /** The server threw a request away after an error. */
  void undone(ReplyNote note) {
    switch (note) {
      case ReplyNote.ClientParse(PreparedStatement statement, String name, _) -> {
        if (statement.equals(byName.get(name))) {
          forget(name);
        }
      }
      case ReplyNote.Closed(PreparedStatement statement, String name) -> {
        if (byName.putIfAbsent(name, statement) == null) {
          bytesKept += statement.definition().length;
        }
      }
      case ReplyNote.Dropped _,ReplyNote.Deallocated _,ReplyNote.OwnQuery _,ReplyNote.Sync _,ReplyNote.Replayed _,ReplyNote.AmidData _,ServerStatements.Known _ -> {
        // nothing of the client's was changed
      }
    }
  }
}
