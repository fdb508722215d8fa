package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.unix.IovArray;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was written to a plain link and has not left. A link has one only while there is something in it. Confined to the
 * link's worker.
 */
final class WriteQueue {
  /**
   * A piece that has to wait and is shorter than this is copied: it may be a view of memory that is many times as large, and
   * many short ones are sent faster as one.
   */
  static final int COPIED = ReadBuffer.LEAST_ROOM;
  /** Room for the short pieces that follow. */
  private static final int OWN = 4 * 1024;

  private @Nullable ByteBuf[] pieces = new @Nullable ByteBuf[16];
  private int head;
  private int tail;
  private int bytes;
  /** The pieces before this one wait already; {@link #own} is the last of them, if it was copied. */
  private int settled;
  private @Nullable ByteBuf own;

  int bytes() {
    return bytes;
  }

  /** Takes ownership. */
  void add(ByteBuf piece) {
    ByteBuf sendable = piece;
    if (!piece.isReadable()) {
      piece.release();
      return;
    }
    if (!piece.isDirect()) {
      int length = piece.readableBytes();
      sendable = PooledByteBufAllocator.DEFAULT.directBuffer(length, length).writeBytes(piece);
      piece.release();
    }
    if (tail == pieces.length) {
      makeRoom();
    }
    pieces[tail++] = sendable;
    bytes += sendable.readableBytes();
  }

  private void makeRoom() {
    int size = tail - head;
    @Nullable ByteBuf[] to = size > pieces.length / 2
        ? new @Nullable ByteBuf[pieces.length * 2]
        : pieces;
    System.arraycopy(pieces, head, to, 0, size);
    Arrays.fill(to, size, Math.min(to.length, Math.max(size, tail)), null);
    pieces = to;
    settled = Math.max(0, settled - head);
    head = 0;
    tail = size;
  }

  /** Sends what the socket takes; true when that was everything. */
  boolean send(Socket to, IovArray gathered) throws IOException {
    while (bytes > 0) {
      ByteBuf first = first();
      long offered;
      long taken;
      if (tail - head == 1 && first.hasMemoryAddress()) {
        offered = first.readableBytes();
        taken = to.sendAddress(first.memoryAddress(), first.readerIndex(), first.writerIndex());
      } else {
        offered = gather(gathered);
        taken = to.writevAddresses(gathered.memoryAddress(0), gathered.count());
      }
      remove(taken);
      if (taken < offered) {
        return false; // asking again would only tell that it is full
      }
    }
    return true;
  }

  private ByteBuf first() {
    ByteBuf first = pieces[head];
    if (first == null) {
      throw new IllegalStateException("nothing to send");
    }
    return first;
  }

  private long gather(IovArray gathered) {
    gathered.clear();
    for (int i = head; i < tail; i++) {
      ByteBuf piece = pieces[i];
      if (piece != null && !gathered.add(piece, piece.readerIndex(), piece.readableBytes())) {
        break; // as many as one call takes
      }
    }
    return gathered.size();
  }

  private void remove(long sent) {
    long left = sent;
    bytes -= (int) sent;
    while (left > 0) {
      ByteBuf first = first();
      int length = first.readableBytes();
      if (length > left) {
        first.skipBytes((int) left);
        break;
      }
      left -= length;
      drop(first);
    }
    if (head == tail) {
      head = 0;
      tail = 0;
      settled = 0;
    }
  }

  private void drop(ByteBuf first) {
    pieces[head++] = null;
    if (first == own) {
      own = null;
    }
    settled = Math.max(settled, head);
    first.release();
  }

  /** The socket takes no more for now: short pieces move to memory of the queue's own. */
  void settle() {
    int to = Math.max(settled, head);
    for (int i = to; i < tail; i++) {
      ByteBuf piece = pieces[i];
      pieces[i] = null;
      if (piece == null) {
        continue;
      }
      if (piece.readableBytes() >= COPIED) {
        own = null;
        pieces[to++] = piece;
        continue;
      }
      ByteBuf into = own;
      if (into == null || into.writableBytes() < piece.readableBytes()) {
        int room = Math.max(OWN, piece.readableBytes());
        into = PooledByteBufAllocator.DEFAULT.directBuffer(room, room);
        own = into;
        pieces[to++] = into;
      }
      into.writeBytes(piece);
      piece.release();
    }
    tail = to;
    settled = to;
  }

  /** Everything in it, for somebody who becomes the owner. */
  List<ByteBuf> takeAll() {
    List<ByteBuf> all = new ArrayList<>(tail - head);
    for (int i = head; i < tail; i++) {
      ByteBuf piece = pieces[i];
      pieces[i] = null;
      if (piece != null) {
        all.add(piece);
      }
    }
    release();
    return all;
  }

  /** Whether the next link may have it: empty, and not grown large. */
  boolean reusable() {
    return head == tail && pieces.length <= 64;
  }

  /** Drops everything. */
  void release() {
    for (int i = head; i < tail; i++) {
      ByteBuf piece = pieces[i];
      pieces[i] = null;
      if (piece != null) {
        piece.release();
      }
    }
    head = 0;
    tail = 0;
    settled = 0;
    bytes = 0;
    own = null;
  }
}
