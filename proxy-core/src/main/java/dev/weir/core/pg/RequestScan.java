package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.core.metrics.TrafficCounters;
import dev.weir.core.net.Bytes;
import dev.weir.core.pg.PgSession.State;
import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client sends once it is logged in: finds the messages, accounts for the answers they will get, passes runs of
 * them on to the session's server, and keeps what cannot be passed on yet. Confined to the session's worker.
 */
final class RequestScan {
  private static final Logger LOG = LoggerFactory.getLogger(RequestScan.class);

  /** Bytes kept for a client that waits; then its socket is not read. */
  private static final int MAX_HELD = 64 * 1024;

  private final PgRuntime runtime;
  private final PgSession session;
  private final StatementRewriter statements;
  private @Nullable ByteBuf held;
  /** Bytes of the present message that are still to come. */
  private int owed;
  private boolean discarding;
  // The cursor: where it stands, and where the run not yet passed on begins.
  private int at;
  private int run;

  // Requests whose answers are due may throw statements away, and what names mean from then on hangs on the answer.
  /** Such a request, or one that nobody has looked into, is under way. */
  private boolean suspect;
  /** Where in the present bytes the first one stands that nobody has looked into; negative when there is none. */
  private int unreadFrom = -1;
  /** Where in the present bytes a Parse of the unnamed statement stands that has not been bound; negative for none. */
  private int unnamedAt = -1;
  private int unnamedLength;
  /** What has come since is kept until all is answered. */
  private boolean catchingUp;

  RequestScan(PgRuntime runtime, PgSession session, StatementRewriter statements) {
    this.runtime = runtime;
    this.session = session;
    this.statements = statements;
  }

  // --- bytes ---

  /** Takes ownership. */
  void take(ByteBuf bytes, long now) {
    if (catchingUp) {
      if (hold(bytes)) {
        session.reads().close(ReadGate.HELD);
      }
      return;
    }
    ByteBuf all = bytes;
    if (held != null) {
      all = Bytes.join(held, bytes);
      held = null;
    }
    scanAndRelease(all, now);
  }

  /** Keeps the bytes, ownership passes, until {@link #drain}. True when no more should come. */
  boolean hold(ByteBuf bytes) {
    if (held != null) {
      held = Bytes.join(held, bytes);
    } else {
      held = Bytes.kept(bytes, bytes.readerIndex());
      bytes.release();
    }
    return held.readableBytes() > MAX_HELD;
  }

  /** There is a server for what was held. */
  void drain(long now) {
    ByteBuf all = held;
    held = null;
    if (all != null) {
      scanAndRelease(all, now);
    }
  }

  boolean catchingUp() {
    return catchingUp;
  }

  /** All is answered that {@link #mustCatchUp} waited for. */
  void caughtUp(long now) {
    catchingUp = false;
    suspect = false;
    drain(now);
  }

  /** Drops what was held. */
  void release() {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  /** Whether a message is cut in the middle whose beginning the server has. */
  boolean midMessage() {
    return owed > 0 && !discarding;
  }

  /** Whether what is held is one request that can be answered without a server. */
  boolean holdsOneRequest() {
    return held != null && QueuedRequest.isWhole(held);
  }

  int heldBytes() {
    return held == null ? 0 : held.readableBytes();
  }

  int owedBytes() {
    return owed;
  }

  private void scanAndRelease(ByteBuf all, long now) {
    try {
      scan(all, now);
    } catch (MalformedMessageException e) {
      session.refuse(Refusal.no(1047, String.valueOf(e.getMessage())));
    } finally {
      all.release();
    }
    PgServer to = session.server();
    if (to != null && session.state() == State.ATTACHED && to.congested()) {
      session.reads().close(ReadGate.OTHER_SIDE);
    }
  }

  /** The hot loop: finds messages, accounts for their answers, passes runs of them on. */
  private void scan(ByteBuf in, long now) {
    int end = in.writerIndex();
    at = in.readerIndex();
    run = at;
    while (at < end && session.state() != State.CLOSED) {
      if (owed > 0) {
        int here = Math.min(owed, end - at);
        at += here;
        owed -= here;
        if (discarding) {
          run = at;
        }
        continue;
      }
      discarding = false;
      if (end - at < Framing.HEADER) {
        break;
      }
      int length = Framing.messageLength(in, at, runtime.hot().maxPacketSize());
      byte tag = in.getByte(at);
      if ((tag == 'Q' || tag == 'P') && length > end - at && length <= EffectTexts.LONGEST
          && session.tracks()) {
        break; // what it does must be known before it is done
      }
      if (session.state() == State.IDLE) {
        if (needsNoServer(in, tag, length)) {
          continue;
        }
        if (session.state() != State.IDLE || !session.acquire(now)) {
          break;
        }
      }
      PgServer to = session.server();
      if (to == null || !request(to, in, tag, length)) {
        break;
      }
      if (!to.ready()) {
        session.requested(now);
      }
    }
    PgServer to = session.server();
    if (session.state() == State.ATTACHED && to != null) {
      forwardRun(to, in);
      if (owed == 0 && to.ready() && !session.times().queryRuns()) {
        session.maybeRelease(to, now); // was put off for the rest of a message
      }
    }
    keepUnnamed(in);
    if (unreadFrom >= 0) {
      unreadFrom = -1; // these bytes will not be seen again
      suspect = true;
    }
    if (at < end && session.state() != State.CLOSED) {
      held = Bytes.kept(in, at);
    }
  }

  /** The unnamed statement may be asked for after its server has gone: only if nobody has bound it yet. */
  private void keepUnnamed(ByteBuf in) {
    if (unnamedAt >= 0 && session.rewrites() && unnamedAt + unnamedLength <= in.writerIndex()) {
      statements.keepUnnamed(in, unnamedAt, unnamedLength);
    }
    unnamedAt = -1;
  }

  /** Passes on what was scanned since the last run. */
  private void forwardRun(PgServer to, ByteBuf in) {
    if (run < at) {
      to.send(run == in.readerIndex() && at == in.writerIndex()
          ? in.retain()
          : in.retainedSlice(run, at - run));
      run = at;
    }
  }

  /** Deals with messages of an idle client that need no server, moving the cursor. False when one is needed. */
  private boolean needsNoServer(ByteBuf in, byte tag, int length) {
    switch (tag) {
      case 'X' -> {
        session.close(null, "client close request");
        return true;
      }
      case 'd', 'c', 'f', 'H' -> {
        discard(length);
        return true;
      }
      case 'C' -> {
        return session.rewrites()
            && in.writerIndex() - at >= length
            && applied(statements.close(null, in, at, length), length) == Step.DONE;
      }
      default -> {
        return false;
      }
    }
  }

  private void discard(int length) {
    owed = length;
    discarding = true;
  }

  private enum Step {
    DONE, PASS, STOP
  }

  /** Accounts for one message to the server, moving the cursor over what is dealt with. False stops the scan. */
  private boolean request(PgServer to, ByteBuf in, byte tag, int length) {
    byte kind;
    switch (tag) {
      case 'Q' -> {
        if (runtime.hot().disablePqexec()) {
          session.refuse(Refusal.PQEXEC_DISALLOWED);
          return false;
        }
        kind = ReplyQueue.QUERY;
        notRead(to);
        unnamedAt = -1;
        statements.dropUnnamed();
        String gone = session.states().query(to, in, at, length);
        if (gone != null && session.rewrites() && statements.knows(gone)) {
          forwardRun(to, in);
          statements.deallocate(to, gone, runtime.hot().maxPreparedStatements());
          at += length;
          run = at;
          return true;
        }
      }
      case 'F' -> {
        kind = ReplyQueue.FUNCTION;
        session.states().function(to);
      }
      case 'E' -> {
        kind = ReplyQueue.EXECUTE;
        session.states().executed();
      }
      case 'S' -> {
        keepUnnamed(in);
        if (to.ledger().copyIn()) { // the server would ignore it
          forwardRun(to, in);
          discard(length);
          to.ledger().syncAmidData();
          return true;
        }
        to.ledger().expectSync();
        kind = ReplyQueue.NONE;
      }
      case 'P', 'B', 'D', 'C' -> {
        kind = tag;
        if (session.rewrites()) {
          if (mustCatchUp(to, in, tag, length)) {
            catchingUp = true;
            forwardRun(to, in);
            to.hurry();
            return false;
          }
          switch (rewritten(to, in, tag, length)) {
            case DONE -> {
              return true;
            }
            case STOP -> {
              return false;
            }
            case PASS -> {
              if (tag == 'P') {
                notRead(to);
              } else if (tag == 'B' && unreadFrom < 0) {
                suspect = true; // an unnamed statement that was prepared earlier
              }
            }
          }
        }
        if (tag == 'P') {
          session.states().parse(in, at, length);
          unnamedAt = at;
          unnamedLength = length;
          statements.dropUnnamed();
        } else if (tag == 'B') {
          session.states().bind(to);
          unnamedAt = -1;
        }
      }
      case 'H' -> kind = ReplyQueue.NONE;
      case 'd', 'c', 'f' -> {
        if (to.ready()) { // the server has ended the COPY already, or there was none: it would ignore this
          forwardRun(to, in);
          discard(length);
          return true;
        }
        if (tag == 'd') {
          to.ledger().copyData();
        } else {
          to.ledger().markCopyEnd();
        }
        kind = ReplyQueue.NONE;
      }
      case 'X' -> {
        forwardRun(to, in);
        session.close(null, "client close request");
        return false;
      }
      default -> {
        session.refuse(Refusal.UNKNOWN_PACKET);
        return false;
      }
    }
    if (kind != ReplyQueue.NONE) {
      to.expect(kind, ReplyQueue.FORWARD, null);
    }
    owed = length;
    return true;
  }

  /** A query's text is passed on; it is looked into only when a statement's name follows before its answer. */
  private void notRead(PgServer to) {
    if (to.ledger().nothingDue()) {
      suspect = false;
    }
    if (unreadFrom < 0) {
      unreadFrom = at;
    }
  }

  /**
   * Whether this message uses the name of a statement while a request is under way that may take it away: how to rewrite
   * it is known only when that is answered.
   */
  private boolean mustCatchUp(PgServer to, ByteBuf in, byte tag, int length) {
    if (!suspect && unreadFrom < 0) {
      return false;
    }
    if (to.ledger().nothingDue()) {
      suspect = false;
      unreadFrom = -1;
      return false;
    }
    if (!StatementRewriter.names(tag, in, at, length) || to.ledger().copyIn()
        || to.ledger().stalled()) {
      return false;
    }
    if (!suspect) {
      suspect = DiscardWords.in(in, unreadFrom, at);
      unreadFrom = -1;
    }
    return suspect;
  }

  private Step rewritten(PgServer to, ByteBuf in, byte tag, int length) {
    forwardRun(to, in); // what the rewriter sends comes after it
    int limit = runtime.hot().maxPreparedStatements();
    TrafficCounters traffic = session.traffic();
    StatementRewriter.Outcome outcome = switch (tag) {
      case 'P' -> statements.parse(to, in, at, length, limit);
      case 'B' -> statements.bind(to, in, at, length, limit);
      case 'D' -> statements.describe(to, in, at, length, limit);
      default -> statements.close(to, in, at, length);
    };
    boolean taken = outcome == StatementRewriter.Outcome.PASS
        || outcome == StatementRewriter.Outcome.REWRITTEN;
    if (taken && tag == 'P') {
      traffic.addClientParses(1);
    } else if (taken && tag == 'B') {
      traffic.addBinds(1);
      suspect |= outcome == StatementRewriter.Outcome.REWRITTEN && statements.boundDiscards();
    }
    return applied(outcome, length);
  }

  private Step applied(StatementRewriter.Outcome outcome, int length) {
    switch (outcome) {
      case PASS -> {
        return Step.PASS;
      }
      case REWRITTEN -> {
        at += statements.consumed();
        owed = length - statements.consumed();
        run = at;
        return Step.DONE;
      }
      case INCOMPLETE -> {
        return Step.STOP;
      }
      case REFUSED -> {
        LOG.warn("{}{}", session, statements.complaint());
        session.refuse(statements.refusal());
        return Step.STOP;
      }
    }
    throw new AssertionError(outcome);
  }

}
