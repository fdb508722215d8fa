package dev.weir.core.net;

import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * Small reads for the many short messages, large ones once a read has filled its buffer: a query costs 8 KiB of pooled
 * memory for a moment, a result moves 64 KiB a system call. A connection that has more is read several times before the
 * others have their turn; how often may change at any time.
 */
final class ReadSizes extends DefaultMaxMessagesRecvByteBufAllocator {
  static final int SMALL = 8 * 1024;
  static final int LARGE = 64 * 1024;

  ReadSizes() {
    readsPerTurn(5);
  }

  /** 0 sets no bound. */
  void readsPerTurn(int most) {
    maxMessagesPerRead(most == 0 ? Integer.MAX_VALUE : most);
  }

  int readsPerTurn() {
    return maxMessagesPerRead();
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's own subclasses implement it too: the interface offers no other
  public RecvByteBufAllocator.Handle newHandle() {
    return new Sizes();
  }

  private final class Sizes extends MaxMessageHandle {
    private int size = SMALL;

    @Override
    public void reset(ChannelConfig config) {
      super.reset(config);
    }

    @Override
    public int guess() {
      return size;
    }

    @Override
    public void readComplete() {
      int read = totalBytesRead();
      if (read >= size) {
        size = LARGE;
      } else if (read < SMALL) {
        size = SMALL;
      }
    }
  }
}
