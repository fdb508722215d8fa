package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Bytes;
import dev.weir.core.net.Link;
import dev.weir.mysql.codec.CommandScanner;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what a client sends: finds where commands begin and end, begins one when the one before is over, and passes
 * the rest of long ones on as it comes. What has to wait is held, and beyond a bound the client is not read. Confined to
 * the session's worker.
 */
final class CommandIntake {
  private static final Logger LOG = LoggerFactory.getLogger(CommandIntake.class);

  /** Bytes kept of commands that have to wait; then the client's socket is not read. */
  private static final int MAX_HELD = 64 * 1024;

  private final MysqlSession session;
  private final CurrentCommand current;
  private final Link link;
  private CommandScanner scanner = new CommandScanner();
  private @Nullable ByteBuf held;
  private boolean discarding;
  private boolean readsPaused;

  CommandIntake(MysqlSession session, CurrentCommand current, Link link) {
    this.session = session;
    this.current = current;
    this.link = link;
  }

  /** What the client has agreed on. */
  void loggedIn(long agreed) {
    scanner.renumber(CompressionStage.isAgreed(agreed));
  }

  /** Takes ownership. */
  void take(ByteBuf bytes) {
    held = held == null ? bytes : Bytes.join(held, bytes);
    work();
    if (held != null && held.readableBytes() > MAX_HELD && waits()) {
      pauseReads();
    }
  }

  /** Whether what the client sends now belongs to what the server is at. */
  private boolean takesMore() {
    return scanner.isInside() || current.filing();
  }

  /** Whether what is held has to wait, and more would have to as well. */
  private boolean waits() {
    return switch (session.state()) {
      case IDLE -> !link.writable();
      case RUNNING -> !takesMore();
      case LOGIN, WAITING, SYNCING, ENDING, FORWARDING, CLOSED -> true;
    };
  }

  /** Does what can be done with the bytes at hand. */
  void work() {
    try {
      while (held != null && step(held)) {
        // one command, or one piece of one, at a time
      }
    } catch (MalformedPacketException e) {
      LOG.info("{}: {}", session, e.getMessage());
      session.refuse(MysqlRefusals.MALFORMED);
    }
    ByteBuf rest = held;
    if (rest != null && !rest.isReadable()) {
      rest.release();
      held = null;
    }
    if (readsPaused && session.state() == MysqlSession.State.IDLE) {
      resumeReads(); // what waited was answered without a server, or was only the beginning of a command
    }
  }

  /** False when nothing more can be done with these bytes now. */
  private boolean step(ByteBuf in) {
    if (!in.isReadable()) {
      return false;
    }
    if (takesMore()) {
      return passOn(in);
    }
    // who does not read answers gets no more of them
    return session.state() == MysqlSession.State.IDLE && link.writable() && begin(in);
  }

  /** More of a command that has begun, or of a file. */
  private boolean passOn(ByteBuf in) {
    MysqlServer to = session.server();
    if (!discarding && (session.state() != MysqlSession.State.RUNNING || to == null)) {
      return false; // waits for the server as its beginning does
    }
    int at = in.readerIndex();
    int next = scanner.scan(in, at, in.writerIndex());
    if (next == at) {
      return false;
    }
    if (!discarding && to != null) {
      ByteBuf piece = in.retainedSlice(at, next - at);
      Mirrors.Copying copying = current.copying();
      if (copying != null) {
        copying.add(piece);
      }
      to.send(piece);
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
      session.unsent();
      if (!current.command().isUnanswered()) {
        session.error(why == null ? MysqlRefusals.MALFORMED : why, scanner.nextSequence());
      }
    } else if (current.filing()) {
      current.filing(false);
      if (to != null) {
        to.fileSent(Packets.next(scanner.nextSequence() + 254));
      }
    } else if (to != null) {
      Mirrors.Copying copying = current.copying();
      if (copying != null) {
        current.copying(null);
        copying.complete();
      }
      to.begin(current.command(), session.capabilities(), scanner.nextSequence());
      if (!to.serves()) {
        session.settle(to); // a command without an answer
      }
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
    long now = System.nanoTime();
    session.times().command(now);
    if (command == null) {
      throw new MalformedPacketException("no such command: " + (scanner.code() & 0xff));
    }
    ByteBuf packet = in.retainedSlice(at, next - at);
    in.readerIndex(next);
    current.begin(command, packet, scanner.ends(), now);
    session.dispatch().begin(command, packet, scanner.length());
    return true;
  }

  /** Whether the client has not sent the end of the current command yet. */
  boolean inside() {
    return scanner.isInside();
  }

  /** Payload bytes of the current command. */
  long length() {
    return scanner.length();
  }

  /** Bytes that wait for their turn. */
  int heldBytes() {
    return held == null ? 0 : held.readableBytes();
  }

  /** What the first packet of an answer to the current command is numbered. */
  int nextSequence() {
    return scanner.nextSequence();
  }

  /** The rest of the current command goes nowhere; when it is over, the client learns why. The caller calls {@link #work}. */
  void discard(Refusal why) {
    discarding = true;
    current.refusal(why);
    resumeReads(); // no server will
  }

  /**
   * The server asks for a file: the client's next packets are that.
   *
   * @param sequence of the first of them
   * @param shift what the server's numbers are beyond the client's
   */
  void expectFile(int sequence, int shift) {
    current.filing(true);
    scanner.expectFile(sequence, shift);
    resumeReads();
  }

  void pauseReads() {
    if (!readsPaused) {
      readsPaused = true;
      link.pauseReads();
    }
  }

  void resumeReads() {
    if (readsPaused) {
      readsPaused = false;
      link.resumeReads();
    }
  }

  /** Others deal with what the client sends, beginning with what is held; null when nothing is. */
  @Nullable
  ByteBuf handOver() {
    ByteBuf rest = held;
    held = null;
    scanner = new CommandScanner();
    if (rest != null && !rest.isReadable()) {
      rest.release();
      return null;
    }
    return rest;
  }

  /** Drops what is held. */
  void close() {
    if (held != null) {
      held.release();
      held = null;
    }
  }
}
