package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A link's {@link StreamStage} with the bytes on both sides of it: gathers what is written until the turn ends, hands on
 * what was read while the handler wants it, and says how far the socket may be read. A little that was read may become
 * very much: beyond {@link #TURN} the other links have their turn first, and the socket is not read meanwhile. Confined
 * to the link's worker.
 */
final class LinkStage {
  /** Bytes handed on before others have their turn. */
  static final int TURN = 1 << 20;
  /** What is written in a turn is packed when it is this much. */
  static final int GATHER = 64 * 1024;

  /** The link's side. */
  interface Owner {
    ByteBuf buffer(int capacity);

    /** A piece for the handler; takes ownership. */
    void deliver(ByteBuf piece);

    /** Whether the handler takes more now. */
    boolean takesMore();

    /** Lets the socket be read, or not. */
    void readSocket(boolean now);

    /** Runs {@link #resume} on the link's worker when the others had their turn. */
    void later();

    /** The other side has broken the stage's protocol. */
    void broken(RuntimeException why);

    /** Everything that was read before the end has been handed on. */
    void ended();
  }

  private final StreamStage stage;
  private final Owner owner;
  private @Nullable ByteBuf received;
  private @Nullable ByteBuf gathered;
  private boolean stuffed; // there may be more to hand on
  private boolean delivering;
  private boolean waitsForTurn;
  private boolean inputOver;
  private boolean closed;

  LinkStage(StreamStage stage, Owner owner) {
    this.stage = stage;
    this.owner = owner;
  }

  // --- in ---

  /** What was read before there was a stage; takes ownership. */
  void begin(ByteBuf early) {
    if (closed) {
      early.release();
      return;
    }
    received = early;
    stuffed = true;
    waitsForTurn = true;
    owner.readSocket(false);
    owner.later();
  }

  /** Takes ownership. */
  void received(ByteBuf bytes) {
    if (closed) {
      bytes.release();
      return;
    }
    received = received == null ? bytes : Bytes.join(received, bytes);
    stuffed = true;
    if (!waitsForTurn) {
      deliver();
    }
  }

  /** The handler takes more again, or its turn has come. */
  void resume() {
    waitsForTurn = false;
    if (!closed) {
      deliver();
    }
  }

  /** Whether there may be something for the handler that it has not got. */
  boolean holdsInput() {
    return stuffed;
  }

  /** The socket gives nothing more; {@link Owner#ended} follows when all is handed on, at once if it is. */
  void inputOver() {
    inputOver = true;
    if (!stuffed && !delivering) {
      owner.ended();
    }
  }

  private void deliver() {
    if (delivering) {
      return; // the handler asks for more while it is given some
    }
    delivering = true;
    int budget = TURN;
    try {
      while (stuffed && !closed && budget > 0 && owner.takesMore()) {
        ByteBuf in = received;
        ByteBuf piece = in == null ? null : stage.unpack(in);
        if (piece == null) {
          stuffed = false;
        } else {
          budget -= piece.readableBytes();
          owner.deliver(piece);
        }
      }
    } catch (RuntimeException e) {
      stuffed = false;
      owner.broken(e);
    } finally {
      delivering = false;
    }
    settle();
  }

  private void settle() {
    if (closed) {
      return;
    }
    ByteBuf rest = received;
    if (rest != null && !stuffed) {
      received = rest.isReadable() ? Bytes.kept(rest, rest.readerIndex()) : null;
      rest.release();
    }
    boolean wanted = owner.takesMore();
    owner.readSocket(wanted && !stuffed);
    if (stuffed && wanted && !waitsForTurn) {
      waitsForTurn = true;
      owner.later();
    }
    if (inputOver && !stuffed) {
      owner.ended();
    }
  }

  // --- out ---

  /** Takes ownership; null, or what goes to the socket now. */
  @Nullable
  ByteBuf write(ByteBuf bytes) {
    ByteBuf all = gathered;
    if (all == null && bytes.readableBytes() >= GATHER) {
      return pack(bytes);
    }
    if (all == null) {
      all = owner.buffer(Math.min(GATHER, Math.max(256, bytes.readableBytes())));
      gathered = all;
    }
    all.writeBytes(bytes);
    bytes.release();
    return all.readableBytes() >= GATHER ? drain() : null;
  }

  /** What was written and has not gone to the socket. */
  @Nullable
  ByteBuf drain() {
    ByteBuf all = gathered;
    gathered = null;
    return all == null ? null : pack(all);
  }

  private ByteBuf pack(ByteBuf bytes) {
    try {
      return stage.pack(bytes);
    } finally {
      bytes.release();
    }
  }

  int gatheredBytes() {
    return gathered == null ? 0 : gathered.readableBytes();
  }

  // --- the end ---

  /** Drops what it holds. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    stuffed = false;
    if (received != null) {
      received.release();
      received = null;
    }
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
    stage.close();
  }
}
