package dev.weir.mysql.codec;

import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.Eof;
import dev.weir.mysql.packet.Ok;
import dev.weir.mysql.packet.Packet;
import dev.weir.mysql.packet.ServerStatus;
import io.netty.buffer.ByteBuf;

/**
 * Passes a response on to a client that agreed on another form of it than its server did: EOF packets
 * or none (DEPRECATE_EOF), tracked session state or none (SESSION_TRACK). Rows stream through; packets
 * are dropped, put in or written anew, and numbered anew. Confined to its connection's event loop.
 *
 * <p>
 * The flags of an EOF that has to be put in between definitions and rows are those the server reported
 * last: it says them only after the rows.
 */
public final class ResponseTranslator {
  /** Where the response goes. */
  public interface Output {
    /** Bytes of the buffer given to {@link #scan}, valid only during the call. */
    void forward(ByteBuf in, int from, int to);

    /** A packet of ours; takes ownership. */
    void insert(ByteBuf packet);
  }

  private static final long RENUMBERED = Capabilities.COMPRESS | Capabilities.ZSTD_COMPRESSION;

  private final ResponseTracker tracker;
  private long server;
  private long client;
  private int sequence;
  private boolean owesEof; // definitions have ended, rows have not begun

  /** {@code tracker} is fed by this one and asked by everybody. */
  public ResponseTranslator(ResponseTracker tracker) {
    this.tracker = tracker;
  }

  /**
   * Whether responses differ for these; where not, the tracker alone suffices. A server that compresses
   * numbers its packets as it sends them off, which no other client would accept.
   */
  public static boolean isNeeded(long server, long client) {
    long form = Capabilities.DEPRECATE_EOF | Capabilities.SESSION_TRACK;
    return (server & form) != (client & form) || Capabilities.has(server, RENUMBERED);
  }

  /** Begins the tracker too. */
  public void begin(Command asked, long serverAgreed, long clientAgreed, int firstSequence) {
    tracker.begin(asked, serverAgreed, firstSequence);
    server = serverAgreed;
    client = clientAgreed;
    sequence = firstSequence & 0xff;
    owesEof = false;
  }

  /**
   * As {@link ResponseTracker#scan}; changes the numbers of packets in {@code in}, which nobody else may
   * be reading.
   */
  public int scan(ByteBuf in, int at, int end, Output out) {
    int run = at;
    int here = at;
    do {
      int next = tracker.next(in, here, end);
      if (next == here) {
        break;
      }
      ResponseTracker.Kind kind = tracker.kind();
      if (kind != ResponseTracker.Kind.REST) {
        if (owesEof && kind != ResponseTracker.Kind.CONTINUATION) {
          owesEof = false;
          if (tracker.outcome().errorCode() == 0 && !opensCursor()) {
            forward(in, run, here, out);
            run = here;
            insertEof(in, out);
          }
        }
        if (isReplaced(kind)) {
          forward(in, run, here, out);
          run = next;
          replace(kind, in, here, next, out);
        } else {
          number(in, here);
        }
        owesEof |= tracker.endedDefinitions() && lacksEofs();
      }
      here = next;
      if (owesEof && tracker.isDone()) { // definitions can end an answer to a PREPARE
        owesEof = false;
        forward(in, run, here, out);
        run = here;
        insertEof(in, out);
      }
    } while (tracker.step() == ResponseTracker.Step.MORE);
    forward(in, run, here, out);
    return here;
  }

  /** Where the server has no EOFs and the client waits for some. */
  private boolean lacksEofs() {
    return Capabilities.has(server, Capabilities.DEPRECATE_EOF)
        && !Capabilities.has(client, Capabilities.DEPRECATE_EOF);
  }

  /** Whether the end just seen stands directly behind the definitions, so that one EOF ends both. */
  private boolean opensCursor() {
    return tracker.kind() == ResponseTracker.Kind.END_OF_ROWS
        && tracker.command() == Command.STMT_EXECUTE
        && ServerStatus.has(tracker.outcome().status(), ServerStatus.CURSOR_EXISTS);
  }

  private boolean isReplaced(ResponseTracker.Kind kind) {
    boolean eofDiffers = Capabilities.has(server ^ client, Capabilities.DEPRECATE_EOF);
    return switch (kind) {
      case END_OF_DEFINITIONS -> eofDiffers;
      case END_OF_ROWS -> eofDiffers || endsAreOks(server);
      case OK -> Capabilities.has(server ^ client, Capabilities.SESSION_TRACK);
      default -> false;
    };
  }

  private static boolean endsAreOks(long capabilities) {
    return Capabilities.has(capabilities, Capabilities.DEPRECATE_EOF);
  }

  private void replace(ResponseTracker.Kind kind, ByteBuf in, int at, int end, Output out) {
    if (kind == ResponseTracker.Kind.END_OF_DEFINITIONS && !isEndOfResult()) {
      return;
    }
    if (tracker.command() == Command.CHANGE_USER) {
      sequence = Packets.sequence(in, at);
    }
    Ok ok = kind == ResponseTracker.Kind.OK || endsAreOks(server)
        ? Ok.decode(in.slice(at + Packets.HEADER, end - at - Packets.HEADER), server)
        : Ok.endOfRows(tracker.shownStatus(), tracker.outcome().warnings());
    insert(ok.endsRows() && !endsAreOks(client)
        ? new Eof(ok.warnings(), ok.status() & ~ServerStatus.SESSION_STATE_CHANGED)
        : ok, in, out);
  }

  /** Of an EOF behind definitions: it opened a cursor. */
  private boolean isEndOfResult() {
    return tracker.command() == Command.STMT_EXECUTE
        && (tracker.isDone() || tracker.step() == ResponseTracker.Step.RESULT);
  }

  private void insertEof(ByteBuf in, Output out) {
    int hidden = ServerStatus.MORE_RESULTS_EXIST | ServerStatus.SESSION_STATE_CHANGED
        | ServerStatus.CURSOR_EXISTS | ServerStatus.LAST_ROW_SENT; // these tell of another result
    insert(new Eof(0, tracker.shownStatus() & ~hidden), in, out);
  }

  private void insert(Packet packet, ByteBuf in, Output out) {
    ByteBuf written = in.alloc().buffer(32);
    sequence = Packets.write(written, sequence, packet, client);
    out.insert(written);
  }

  private void number(ByteBuf in, int at) {
    if (tracker.command() != Command.CHANGE_USER) { // there the client has numbers of its own in between
      Packets.setSequence(in, at, sequence);
      sequence = Packets.next(sequence);
    }
  }

  private static void forward(ByteBuf in, int from, int to, Output out) {
    if (to > from) {
      out.forward(in, from, to);
    }
  }

  /** The number that the client's next packet has; the server's is {@link ResponseTracker#nextSequence}. */
  public int nextClientSequence() {
    return sequence;
  }

  /** As {@link ResponseTracker#fileSent}; the two sides count differently. */
  public void fileSent(int lastOfClient, int lastOfServer) {
    sequence = Packets.next(lastOfClient);
    tracker.fileSent(lastOfServer);
  }
}
