package dev.weir.core.pg;

import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.CommandComplete;
import dev.weir.pg.message.ErrorResponse;
import dev.weir.pg.message.MalformedMessageException;
import dev.weir.pg.message.NotificationResponse;
import dev.weir.pg.message.ParameterStatus;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is due from a server and what it said last: the replies in the order in which they come, whose they are, and the
 * transaction's state. Confined to the server connection's worker.
 */
final class ReplyLedger {
  private final PgServer server;
  private final ReplyQueue replies = new ReplyQueue();
  private final ServerStatements statements = new ServerStatements();
  private byte tx = PgServer.IDLE;
  private boolean ready = true;
  private long lastReadyNanos;
  private boolean copyIn;
  /** The last that the client sent, Syncs aside, is copy data. */
  private boolean dataSent;
  /** The client has sent a Sync in the middle of its copy data. */
  private boolean syncAmidData;
  private @Nullable String complaint;
  /** The server skips everything up to the next Sync. */
  private boolean skipping;
  private boolean catchingUp;
  private final ServerMirror mirror = new ServerMirror();
  private boolean failed;

  ReplyLedger(PgServer server) {
    this.server = server;
  }

  // --- requests ---

  /** A request of this kind is about to be sent, or answered by us in its turn: the server is not free before. */
  void expect(byte kind, byte action, @Nullable ReplyNote note) {
    replies.push(kind, action, note);
    ready = false;
    dataSent = false;
  }

  /** The client sends copy data. */
  void copyData() {
    dataSent = true;
  }

  /** A Sync is about to be sent. */
  void expectSync() {
    boolean amidData = dataSent;
    expect(ReplyQueue.SYNC, ReplyQueue.FORWARD, amidData ? ReplyNote.AmidData.NOTE : null);
    dataSent = amidData;
  }

  /** The client sent a Sync in the middle of its copy data, and the server does not see it. */
  void syncAmidData() {
    syncAmidData |= dataSent; // the one behind Execute may come late, and stands before all data
  }

  /** The client ends its copy data; the server answers nothing to that by itself. */
  void markCopyEnd() {
    replies.push(ReplyQueue.COPY_END, ReplyQueue.FORWARD, null);
    dataSent = false;
  }

  /** What the server says from here on about the query of ours that is sent next. */
  void forgetComplaint() {
    complaint = null;
  }

  /** A new tenant: with nothing due. */
  void fresh() {
    ready = true;
    catchingUp = false;
    failed = false;
  }

  /** The tenant is to be told when all is answered. */
  void catchUp() {
    catchingUp = true;
  }

  /** Nothing may be sent any more, not even a Terminate. */
  void spoiled() {
    ready = false;
  }

  void clear() {
    replies.clear();
  }

  // --- what stands in it ---

  ServerStatements statements() {
    return statements;
  }

  ServerMirror mirror() {
    return mirror;
  }

  /** Whether the tenant has been told an error, or of a roll-back, since its state was last known. */
  boolean failed() {
    return failed;
  }

  /** The tenant's state is known. */
  void pardon() {
    failed = false;
  }

  byte tx() {
    return tx;
  }

  boolean ready() {
    return ready;
  }

  long lastReadyNanos() {
    return lastReadyNanos;
  }

  boolean nothingDue() {
    return replies.isEmpty();
  }

  /**
   * What is sent now arrives inside of a COPY FROM STDIN, where the server ignores Sync. Not so once the end of the data
   * has been sent, though the server may not have read that far.
   */
  boolean copyIn() {
    return copyIn && !replies.copyEnds();
  }

  /** Whether nothing will be answered before the next Sync. */
  boolean stalled() {
    return skipping && !replies.hasEnd();
  }

  @Nullable
  ReplyNote noteOfNext() {
    return replies.headNote();
  }

  /** Whether the tenant does not see this message. */
  boolean swallows(byte tag) {
    if (server.tenant() == null) {
      return true;
    }
    if (replies.headAction() != ReplyQueue.SWALLOW) {
      return false;
    }
    // An injected Parse or Close may fail: that error is the client's to see.
    return tag != 'E' || replies.headKind() == ReplyQueue.QUERY;
  }

  /** Whether a whole NotificationResponse is kept from the tenant. */
  boolean hides(ByteBuf bytes, int at, int length) {
    Tenant who = server.tenant();
    return who == null || who.hides(NotificationResponse.decode(body(bytes, at, length)));
  }

  // --- replies ---

  /**
   * A message starts at {@code at}; those that must be whole are.
   *
   * @param swallowed whether the tenant will not see it
   */
  void begun(ByteBuf bytes, int at, int length, boolean swallowed) {
    byte tag = bytes.getByte(at);
    switch (tag) {
      case 'S' -> parameterStatus(body(bytes, at, length), swallowed);
      case 'C' -> commandComplete(bytes, at, length, swallowed);
      case 'E' -> {
        copyIn = false;
        failed |= !swallowed;
        if (server.tenant() == null && replies.isEmpty()) {
          server.strayError(ErrorResponse.decode(body(bytes, at, length)).message());
        } else if (swallowed) {
          complaint = String.valueOf(ErrorResponse.decode(body(bytes, at, length)).message());
        }
      }
      case 'D' -> {
        Tenant asks = server.tenant();
        if (swallowed && asks != null && replies.headNote() == ReplyNote.Sync.AUDIT) {
          asks.audited(body(bytes, at, length));
        }
      }
      case 'Z' -> {
        if (length != 6) {
          throw new MalformedMessageException("ReadyForQuery of " + length + " bytes");
        }
        tx = bytes.getByte(at + Framing.HEADER);
      }
      case 'G', 'W' -> {
        copyIn = true;
        syncAmidData = replies.dropSyncsInsideCopy();
      }
      case 'R', 'K', 'v' ->
        throw new MalformedMessageException("login message '" + (char) tag + "' after login");
      default -> {
        // carries no state of ours
      }
    }
  }

  private static ByteBuf body(ByteBuf bytes, int at, int length) {
    return bytes.slice(at + Framing.HEADER, length - Framing.HEADER);
  }

  private void parameterStatus(ByteBuf body, boolean swallowed) {
    ParameterStatus status = ParameterStatus.decode(body);
    int index = server.owner().runtime().tracked().track(status.name());
    if (index >= 0) {
      server.parameters().set(index, status.value());
    }
    Tenant who = server.tenant();
    if (who != null && !swallowed) {
      who.parameterChanged(index, status.value());
    }
  }

  private void commandComplete(ByteBuf bytes, int at, int length, boolean swallowed) {
    if (copyIn) {
      copyIn = false;
      syncAmidData = false;
      replies.dropCopyEnd();
    }
    if (replies.headNote() instanceof ReplyNote.Deallocated(PreparedStatement gone, String name)) {
      statements.deallocated(gone);
      if (server.tenant() instanceof PgSession session) {
        session.deallocated(name);
      }
    }
    failed |= length == "ROLLBACK".length() + 6
        && bytes.getByte(at + Framing.HEADER) == 'R'
        && bytes.getByte(at + Framing.HEADER + 1) == 'O';
    // The shortest and the longest tag of interest, with header and zero.
    if (length < "DISCARD ALL".length() + 6 || length > "DEALLOCATE ALL".length() + 6) {
      return;
    }
    byte first = bytes.getByte(at + Framing.HEADER);
    byte second = bytes.getByte(at + Framing.HEADER + 1);
    if (first != 'D' || (second != 'I' && second != 'E')) {
      return;
    }
    String tag = CommandComplete.decode(body(bytes, at, length)).tag();
    if (tag.equals("DISCARD ALL")) {
      mirror.discarded();
    } else if (tag.equals("DEALLOCATE ALL")) {
      mirror.deallocated();
    }
    if (tag.equals("DISCARD ALL") || tag.equals("DEALLOCATE ALL")) {
      statements.clear();
      Tenant who = server.tenant();
      if (who != null && !swallowed) {
        who.statementsDiscarded();
      }
    }
  }

  /** The message that began last has ended. */
  void completed(byte tag) {
    switch (tag) {
      case '1' -> answered(ReplyQueue.PARSE);
      case '2' -> answered(ReplyQueue.BIND);
      case '3' -> answered(ReplyQueue.CLOSE);
      case 'T', 'n' -> answered(ReplyQueue.DESCRIBE);
      case 'C', 'I', 's' -> answered(ReplyQueue.EXECUTE);
      case 'Z' -> readyForQuery();
      case 'E' -> {
        byte failed = replies.headKind();
        skipping = failed != ReplyQueue.QUERY && failed != ReplyQueue.FUNCTION;
        if (syncAmidData) {
          server.ambiguousSync();
          return;
        }
      }
      default -> {
        // answers nothing by itself
      }
    }
    Tenant who = server.tenant();
    if (catchingUp && who != null && (replies.isEmpty() || stalled())) {
      catchingUp = false;
      who.caughtUp();
    }
  }

  private void answered(byte kind) {
    if (replies.headKind() == kind) {
      ReplyNote note = replies.headNote();
      replies.drop();
      if (note != null) {
        carriedOut(note);
      }
      answerFakes();
    }
  }

  /** The server has done what this note stands for. */
  private void carriedOut(ReplyNote note) {
    switch (note) {
      case ReplyNote.ClientParse(_, _, ServerStatements.Known known) when known != null ->
        statements.parsed(known);
      case ServerStatements.Known known -> statements.parsed(known);
      case ReplyNote.Dropped(ServerStatements.Known known) -> statements.closed(known);
      case ReplyNote.ClientParse _,ReplyNote.Closed _,ReplyNote.Deallocated _,ReplyNote.OwnQuery _,ReplyNote.Sync _,ReplyNote.Replayed _,ReplyNote.AmidData _ -> {
        // changes nothing of what the server knows
      }
    }
  }

  /** Gives the answers whose turn has come and that the server was not asked for. */
  void answerFakes() {
    while (!replies.isEmpty() && replies.headAction() == ReplyQueue.FAKE) {
      server.forwardRun();
      byte kind = replies.headKind();
      replies.drop();
      Tenant who = server.tenant();
      if (who != null) {
        who.answerFake(kind);
      }
    }
  }

  private void readyForQuery() {
    ReplyNote note = null;
    boolean ours = false;
    byte head = replies.headKind();
    if (head == ReplyQueue.SYNC || head == ReplyQueue.QUERY || head == ReplyQueue.FUNCTION) {
      ours = replies.headAction() == ReplyQueue.SWALLOW;
      note = replies.headNote();
      replies.drop();
    } else {
      dropFailed();
    }
    copyIn = false;
    dataSent = false;
    syncAmidData = false;
    skipping = false;
    answerFakes();
    ready = replies.isEmpty();
    lastReadyNanos = System.nanoTime();
    Tenant who = server.tenant();
    boolean goesOn = note != null && brought(note);
    if (goesOn) {
      return;
    }
    if (ours && note != null) {
      server.ownAnswer(note, complaint);
    } else if (who != null) {
      server.forwardRun();
      who.readyForQuery(tx, ready);
    }
  }

  /** A step of {@link PgServer#sync} is answered; true when others follow that may still be carried out. */
  private boolean brought(ReplyNote note) {
    switch (note) {
      case ReplyNote.Sync.REPORTED -> {
        return complaint == null;
      }
      case ReplyNote.Sync.NOTE -> {
        mirror.brought(complaint == null);
        return complaint == null && replies.headNote() instanceof ReplyNote.Replayed;
      }
      case ReplyNote.Replayed(String name, boolean last) -> {
        if (complaint != null) {
          mirror.notPrepared(name);
          complaint = null;
        }
        return !last;
      }
      default -> {
        return false;
      }
    }
  }

  /** After an error the server skipped everything up to the Sync: so do we, undoing what was noted, last things first. */
  private void dropFailed() {
    List<ReplyNote> undone = new ArrayList<>();
    boolean synced = false;
    while (!synced && !replies.isEmpty()) {
      synced = replies.headKind() == ReplyQueue.SYNC;
      ReplyNote note = replies.headNote();
      replies.drop();
      if (note != null) {
        undone.add(note);
      }
    }
    undone.reversed().forEach(this::undo);
  }

  private void undo(ReplyNote note) {
    switch (note) {
      case ReplyNote.ClientParse(_, _, ServerStatements.Known known) when known != null ->
        statements.notParsed(known);
      case ServerStatements.Known known -> statements.notParsed(known);
      case ReplyNote.Dropped(ServerStatements.Known known) -> statements.notClosed(known);
      case ReplyNote.ClientParse _,ReplyNote.Closed _,ReplyNote.Deallocated _,ReplyNote.OwnQuery _,ReplyNote.Sync _,ReplyNote.Replayed _,ReplyNote.AmidData _ -> {
        // nothing of the server's was changed
      }
    }
    Tenant who = server.tenant();
    if (who != null) {
      who.undone(note);
    }
  }
}
