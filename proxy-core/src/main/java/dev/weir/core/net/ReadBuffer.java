package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The memory into which a worker reads all of its plain sockets, one after the other. What was read is lent for a turn as a
 * view that nobody can write beyond. When the turn is over and nobody has kept a piece of it, the next read lands on the
 * same bytes; what somebody has kept is not touched again before all of it was released: the next read lands behind it, and
 * in memory of its own when little is left there. So nothing is copied, and in steady state nothing is allocated.
 *
 * <p>Confined to the worker; pieces may be released on any thread.
 */
final class ReadBuffer {
  static final int SIZE = 64 * 1024;
  /** With less room than this behind what is kept, other memory is taken. */
  static final int LEAST_ROOM = 16 * 1024;
  /** Pieces begin at a cache line of their own: who sends one may be another thread. */
  private static final int ALIGNMENT = 64;

  private @Nullable ByteBuf memory;
  private int at;

  /** Bytes that the next read takes at most. */
  int room() {
    prepare();
    return SIZE - at;
  }

  private ByteBuf prepare() {
    ByteBuf present = memory;
    if (present != null && at > 0) {
      if (present.refCnt() == 1) {
        at = 0; // all that was kept is free
      } else if (SIZE - at < LEAST_ROOM) {
        present.release(); // belongs to those who keep pieces of it
        present = null;
      }
    }
    if (present == null) {
      present = PooledByteBufAllocator.DEFAULT.directBuffer(SIZE, SIZE);
      memory = present;
      at = 0;
    }
    return present;
  }

  /** The number of bytes read; 0 when there is nothing, negative at the end of the stream. */
  int read(Socket from) throws IOException {
    ByteBuf to = prepare();
    if (to.hasMemoryAddress()) {
      return from.recvAddress(to.memoryAddress(), at, SIZE);
    }
    ByteBuffer room = to.internalNioBuffer(at, SIZE - at);
    return from.recv(room, room.position(), room.limit());
  }

  /** A view of what the last read has brought, for somebody who releases it; one more reference is for {@link #back}. */
  ByteBuf lend(int length) {
    return prepare().retainedSlice(at, length).retain();
  }

  /** The turn in which the view was lent is over. */
  void back(ByteBuf lent, int length) {
    boolean kept = lent.refCnt() > 1;
    lent.release();
    if (kept) {
      at = Math.min(SIZE, at + length + ALIGNMENT - 1 & -ALIGNMENT);
    }
  }

  /** The worker has ended. */
  void release() {
    if (memory != null) {
      memory.release();
      memory = null;
    }
  }
}
