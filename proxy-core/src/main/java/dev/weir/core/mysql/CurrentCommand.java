package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.core.route.RouteDecision;
import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.core.sql.Value;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.ComInitDb;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.SessionChange;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The command that a session is about: one object a session, used again for each. Confined to the session's worker. */
final class CurrentCommand {
  /** Of a statement so much is looked at before it goes on its way. */
  private static final int STATEMENT_PREFIX = 64 * 1024;
  /** A command that has to be whole may be this long. */
  private static final int MAX_WHOLE = 1 << 20;

  /** Tells one command from the next, for timers that come too late. */
  static final class Turn {}

  private Command command = Command.PING;
  private @Nullable ByteBuf packet;
  private boolean whole;
  private @Nullable Statement statement;
  private @Nullable RouteDecision decision;
  private @Nullable Refusal refusal;
  private @Nullable ResultCapture capture;
  private Turn turn = new Turn();
  private int hostgroup;
  private int attempts;
  private int repeats;
  private long sinceNanos;
  private long sentNanos;
  private boolean filing;
  private boolean nextTransaction;
  private boolean toldOfTransaction;
  private boolean stateChanged;
  private boolean killed;
  private Mirrors.@Nullable Copying copying;
  private final List<String> reported = new ArrayList<>(0);

  /** Payload bytes of a command that have to be there before it is dealt with. */
  static int bytesToLookAt(@Nullable Command command, long length) {
    if (command == null) {
      return 0;
    }
    long wanted = switch (command) {
      case QUERY, STMT_PREPARE -> Math.min(length, STATEMENT_PREFIX);
      case STMT_EXECUTE, STMT_BULK_EXECUTE -> Math.min(length, STATEMENT_PREFIX);
      case STMT_SEND_LONG_DATA -> Math.min(length, 7);
      default -> Math.min(length, MAX_WHOLE);
    };
    return (int) Math.min(wanted, Packets.MAX_PAYLOAD);
  }

  /** Takes ownership of the packet, which holds the command's beginning, or all of it. */
  void begin(Command what, ByteBuf bytes, boolean all, long now) {
    command = what;
    packet = bytes;
    whole = all;
    sinceNanos = now;
  }

  /** The next one is not this one any more. */
  void end() {
    if (packet != null) {
      packet.release();
      packet = null;
    }
    if (capture != null) {
      capture.close();
      capture = null;
    }
    if (copying != null) {
      copying.abandon();
      copying = null;
    }
    statement = null;
    decision = null;
    refusal = null;
    turn = new Turn();
    attempts = 0;
    repeats = 0;
    filing = false;
    nextTransaction = false;
    toldOfTransaction = false;
    stateChanged = false;
    reported.clear();
    killed = false;
  }

  Command command() {
    return command;
  }

  /** What to send: the caller owns the reference it gets. */
  ByteBuf packet() {
    ByteBuf bytes = packet;
    if (bytes == null) {
      throw new IllegalStateException("no command");
    }
    return bytes.retainedDuplicate();
  }

  /** The packet to look at and to change; valid until {@link #end}. */
  ByteBuf bytes() {
    ByteBuf bytes = packet;
    if (bytes == null) {
      throw new IllegalStateException("no command");
    }
    return bytes;
  }

  boolean whole() {
    return whole;
  }

  /** Puts other bytes in the packet's place; takes ownership. */
  void packet(ByteBuf other) {
    bytes().release();
    packet = other;
  }

  /** Puts another text in the place of the statement's. */
  void replace(Link link, byte[] sql, long capabilities) {
    ByteBuf before = bytes();
    int payload = before.readerIndex() + Packets.HEADER;
    int attributes = QueryText.from(before, command, capabilities) - payload;
    ByteBuf out = link.buffer(sql.length + attributes + 16);
    int start = Packets.begin(out);
    out.writeBytes(before, payload, attributes).writeBytes(sql); // the command's byte, too
    Packets.end(out, start, 0);
    packet(out);
  }

  /** The command is a USE of this schema, whatever it was. */
  void useSchema(Link link, String schema, long capabilities) {
    ByteBuf out = link.buffer(schema.length() + 16);
    Packets.write(out, 0, new ComInitDb(schema), capabilities);
    packet(out);
    command = Command.INIT_DB;
    statement = null;
  }

  @Nullable
  Statement statement() {
    return statement;
  }

  void statement(Statement read) {
    statement = read;
  }

  void decided(RouteDecision what) {
    decision = what;
  }

  /** Whether its text, as far as it is known, can be a LOAD DATA LOCAL. */
  boolean mayLoadFile() {
    Statement mine = statement;
    RouteDecision route = decision;
    return mine == null || (route != null && route.rewritten() != null)
        || mine.classification().effects().stream().anyMatch(
            effect -> effect instanceof Effect.LoadLocal || effect instanceof Effect.Unknown);
  }

  @Nullable
  RouteDecision decision() {
    return decision;
  }

  /** Where the result is copied to on its way; null when it is not to be kept. */
  @Nullable
  ResultCapture capture() {
    return capture;
  }

  void capture(ResultCapture to) {
    capture = to;
  }

  @Nullable
  Refusal refusal() {
    return refusal;
  }

  void refusal(Refusal why) {
    refusal = why;
  }

  /** A copy that is made of the command while it comes in; null when none is. */
  Mirrors.@Nullable Copying copying() {
    return copying;
  }

  void copying(Mirrors.@Nullable Copying begun) {
    copying = begun;
  }

  Turn turn() {
    return turn;
  }

  int hostgroup() {
    return hostgroup;
  }

  void hostgroup(int to) {
    hostgroup = to;
  }

  int countAttempt() {
    return ++attempts;
  }

  /** Whether running it again can do no harm, and is still possible; a true answer counts. */
  boolean mayRepeat(int retriesByDefault) {
    if (filing || !harmless()) {
      return false;
    }
    RouteDecision d = decision;
    return ++repeats <= (d == null || d.retries() == RouteDecision.UNSET
        ? retriesByDefault
        : d.retries());
  }

  /** Whether, outside of a transaction, running it on one server and then on another is running it once. */
  boolean harmless() {
    Statement s = statement;
    if (!whole || s == null) {
      return false;
    }
    List<Effect> effects = s.classification().effects();
    return switch (s.classification().access()) {
      case READ, LOCKING_READ -> effects.isEmpty();
      case SESSION ->
        !effects.isEmpty() && effects.stream().allMatch(CurrentCommand::endsWithServer);
      case WRITE -> false;
    };
  }

  /** Whether all that it does is in the server's session, and goes with that. */
  private static boolean endsWithServer(Effect effect) {
    return switch (effect) {
      case Effect.Begin _,Effect.SetNames _,Effect.SetCharacterSet _,Effect.UseDatabase _ -> true;
      case Effect.Commit(_, boolean release) -> !release; // there is nothing to commit
      case Effect.Rollback(_, boolean release) -> !release;
      case Effect.Assign(Effect.Scope scope, _, Value value) ->
        scope == Effect.Scope.SESSION && value instanceof Value.Literal;
      default -> false;
    };
  }

  /** When it came. */
  long sinceNanos() {
    return sinceNanos;
  }

  void sent() {
    sentNanos = System.nanoTime();
  }

  long sentNanos() {
    return sentNanos;
  }

  /** Whether it has run for too long; true once. */
  boolean overdue(long now, long defaultLimitMillis) {
    RouteDecision d = decision;
    long limit = d == null || d.timeoutMillis() == RouteDecision.UNSET
        ? defaultLimitMillis
        : d.timeoutMillis();
    if (killed || limit <= 0 || TimeUnit.NANOSECONDS.toMillis(now - sentNanos) < limit) {
      return false;
    }
    killed = true;
    return true;
  }

  boolean filing() {
    return filing;
  }

  void filing(boolean now) {
    filing = now;
  }

  /** Whether a SET TRANSACTION waits for the next transaction, as the server says. */
  boolean nextTransaction() {
    return nextTransaction;
  }

  /** Whether the answer says anything about it. */
  boolean toldOfTransaction() {
    return toldOfTransaction;
  }

  /** What a result of it has reported of the server's session. */
  void reported(List<SessionChange> changes) {
    for (SessionChange change : changes) {
      switch (change) {
        case SessionChange.SystemVariable(String name, _) -> reported.add(name);
        case SessionChange.StateChange(boolean yes) -> stateChanged |= yes;
        case SessionChange.TransactionCharacteristics(String sql) -> {
          toldOfTransaction = true;
          nextTransaction = !sql.isEmpty();
        }
        case SessionChange.Schema _,SessionChange.Gtids _,SessionChange.TransactionState _,SessionChange.Unknown _ -> {
          // whoever wants them asks for them
        }
      }
    }
  }

  /** Names of the variables that the response has reported; valid until {@link #end}. */
  List<String> reported() {
    return reported;
  }

  /** Whether the server says that something of the session changed, be it said what or not. */
  boolean stateChanged() {
    return stateChanged;
  }
}
