package dev.weir.core.mysql;

import dev.weir.core.net.Link;
import dev.weir.core.route.RouteDecision;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.Outcome;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResponseTracker;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.Eof;
import dev.weir.mysql.packet.Err;
import dev.weir.mysql.packet.Ok;
import dev.weir.mysql.packet.ServerStatus;
import dev.weir.mysql.packet.Wire;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The query cache as a session sees it: answers a statement from it, or has the server's answer kept. Only plain reads of
 * the text protocol, whose result hangs on nothing but the data and on what is in the {@link CacheKey}: neither inside a
 * transaction, which sees what it has changed itself, nor while the session holds state on its server. Confined to the
 * session's worker.
 */
final class CachedAnswers {
  /** Bytes written in one turn. */
  private static final int CHUNK = 64 * 1024;
  /** What clients agree on and no result shows. */
  private static final long SHAPES_NOTHING = Capabilities.SSL | Capabilities.COMPRESS
      | Capabilities.ZSTD_COMPRESSION | Capabilities.CONNECT_WITH_DB | Capabilities.CONNECT_ATTRS
      | Capabilities.INTERACTIVE | Capabilities.PLUGIN_AUTH | Capabilities.PLUGIN_AUTH_LENENC;
  /** Flags of the session that results repeat, and that change how a statement is read. */
  private static final int SESSION_FLAGS = ServerStatus.AUTOCOMMIT | ServerStatus.IN_TRANSACTION
      | ServerStatus.NO_BACKSLASH_ESCAPES | ServerStatus.ANSI_QUOTES;
  private static final int STORE_NOTHING = 0;

  private final MysqlSession session;
  private final MysqlRuntime runtime;
  private final CurrentCommand current;
  private final Link link;
  private @Nullable CachedResult serving;
  private int served;
  private boolean goesOn;

  CachedAnswers(MysqlSession session, MysqlRuntime runtime, CurrentCommand current, Link link) {
    this.session = session;
    this.runtime = runtime;
    this.current = current;
    this.link = link;
  }

  // --- before a server is asked ---

  /** Whether the current statement is answered from the cache; if not, the server's answer may be kept. */
  boolean answered(RouteDecision decision, int hostgroup) {
    QueryCache cache = runtime.queryCache();
    if (decision.cacheTtlMillis() <= 0 || cache.maxBytes() == 0 || !sessionAllows()
        || !statementAllows(decision)) {
      return false;
    }
    QuerySettings settings = runtime.settings().query();
    CacheKey key = key(hostgroup);
    CachedResult found = cache.find(key, decision.cacheTtlMillis());
    boolean renews = found != null
        && cache.isToBeRenewed(found, settings.cacheSoftTtlPercent());
    if (found != null && !renews) {
      cache.served(found);
      serve(found);
      return true;
    }
    if (decision.cacheEmptyResult() != STORE_NOTHING) {
      boolean storesEmpty = decision.cacheEmptyResult() == 1 || settings.cacheStoresEmpty();
      current.capture(new ResultCapture(cache, key, decision.cacheTtlMillis(), storesEmpty,
          settings.largestResult(), found));
    } else if (found != null) {
      found.notRenewed();
    }
    return false;
  }

  private boolean sessionAllows() {
    return ServerStatus.has(session.status(), ServerStatus.AUTOCOMMIT)
        && !ServerStatus.has(session.status(), ServerStatus.IN_TRANSACTION)
        && !session.pins().holdState();
  }

  /** By the text that is sent, read to its end. */
  private boolean statementAllows(RouteDecision decision) {
    if (current.command() != Command.QUERY || !current.whole()
        || session.intake().nextSequence() != 1) {
      return false;
    }
    Statement sent = decision.rewritten() == null
        ? current.statement()
        : session.read(current.bytes());
    return sent != null && sent.classification().isPlainRead()
        && sent.classification().statements() == 1
        && sent.bytes().length < runtime.settings().maxQueryLength();
  }

  private CacheKey key(int hostgroup) {
    ByteBuf packet = current.bytes();
    byte[] command = new byte[packet.readableBytes() - Packets.HEADER];
    packet.getBytes(packet.readerIndex() + Packets.HEADER, command);
    return new CacheKey(session.user().name(), session.schema(), hostgroup,
        session.capabilities() & ~SHAPES_NOTHING, session.status() & SESSION_FLAGS,
        session.variables(), command, runtime.queryCache().hash(command));
  }

  // --- the answer is there ---

  private void serve(CachedResult found) {
    runtime.local(link.worker()).countCached(session, current, found.rows());
    current.sent();
    session.conditions().forget();
    serving = found;
    served = 0;
    session.become(MysqlSession.State.RUNNING);
    goOn();
  }

  /**
   * Writes the next piece, at most one a turn, and only while the client takes them: a client that does not read may hold
   * up itself but no memory.
   */
  private void goOn() {
    goesOn = false;
    CachedResult mine = serving;
    if (mine == null || session.state() != MysqlSession.State.RUNNING) {
      serving = null;
      return;
    }
    byte[] packets = mine.packets();
    int count = Math.min(CHUNK, packets.length - served);
    link.write(link.buffer(count).writeBytes(packets, served, count));
    served += count;
    if (served == packets.length) {
      serving = null;
      session.affected(0);
      session.unsent();
    } else if (link.writable()) {
      goesOn = true;
      link.worker().execute(this::continued);
    }
  }

  private void continued() {
    goOn();
    session.intake().work();
  }

  /** The client takes more. */
  void onWritable() {
    if (serving != null && !goesOn) {
      goOn();
    }
  }

  /** Whether a part of a cached result has been written and the rest has not. */
  boolean inTheMiddle() {
    return serving != null;
  }

  // --- a server has answered ---

  /** The answer to a statement whose result is to be kept. */
  void answered(@Nullable ResultCapture capture, ResponseTracker tracker) {
    if (capture == null) {
      return;
    }
    byte[] packets = capture.packets();
    Outcome outcome = tracker.outcome();
    boolean warns = outcome.warnings() > 0;
    if (packets == null || !isResult(packets) || outcome.errorCode() != 0
        || tracker.results() != 1 || (tracker.rows() == 0 && !capture.storesEmpty())
        || (warns && !runtime.settings().query().cacheWarnings())
        || (outcome.status() & SESSION_FLAGS) != capture.key().status()
        || ServerStatus.has(outcome.status(), ServerStatus.SESSION_STATE_CHANGED)
        || outcome.textFrom() >= 0) {
      return;
    }
    if (!warns || withoutWarnings(packets, session.capabilities())) {
      capture.store(packets, tracker.rows());
    }
  }

  /** Whether these are rows, and not the OK, error or question that a statement can be answered with as well. */
  private static boolean isResult(byte[] packets) {
    if (packets.length <= Packets.HEADER) {
      return false;
    }
    int first = packets[Packets.HEADER] & 0xff;
    return first != Ok.HEADER && first != Err.HEADER && first != Wire.NULL_VALUE;
  }

  /**
   * Takes the number of warnings out of the packet at the end: who is served the result later cannot read them, because
   * the server where they are is not his. False when it is not where it should be.
   */
  private static boolean withoutWarnings(byte[] packets, long capabilities) {
    int at = 0;
    int last = 0;
    while (at < packets.length) {
      last = at;
      at += Packets.HEADER + length(packets, at);
    }
    int payload = last + Packets.HEADER;
    boolean isOk = Capabilities.has(capabilities, Capabilities.DEPRECATE_EOF);
    // in an OK behind two zeros, of a byte each, and the flags
    int warnings = payload + (isOk ? 5 : 1);
    if (warnings + 2 > packets.length || (packets[payload] & 0xff) != Eof.HEADER
        || (isOk && (packets[payload + 1] != 0 || packets[payload + 2] != 0))) {
      return false;
    }
    Arrays.fill(packets, warnings, warnings + 2, (byte) 0);
    return true;
  }

  private static int length(byte[] packets, int at) {
    return (packets[at] & 0xff) | (packets[at + 1] & 0xff) << 8 | (packets[at + 2] & 0xff) << 16;
  }
}
