package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadSizesTest {
  private static final int MANY = 100;

  private final ReadSizes sizes = new ReadSizes();
  private final RecvByteBufAllocator.ExtendedHandle handle = (RecvByteBufAllocator.ExtendedHandle) sizes
      .newHandle();

  /** How often a connection is read whose every read fills its buffer. */
  private int readsOfATurn() {
    EmbeddedChannel channel = new EmbeddedChannel();
    handle.reset(channel.config());
    int reads = 0;
    do {
      ByteBuf buffer = handle.allocate(ByteBufAllocator.DEFAULT);
      handle.attemptedBytesRead(buffer.writableBytes());
      handle.lastBytesRead(buffer.writableBytes());
      handle.incMessagesRead(1);
      buffer.release();
      reads++;
    } while (handle.continueReading() && reads < MANY);
    handle.readComplete();
    channel.close();
    return reads;
  }

  @Test
  void aConnectionIsReadSoOftenAndThenTheOthersAre() {
    sizes.readsPerTurn(3);
    assertThat(readsOfATurn()).isEqualTo(3);
  }

  @Test
  void aChangeHoldsForConnectionsThatAreOpen() {
    assertThat(readsOfATurn()).isEqualTo(5);
    sizes.readsPerTurn(1);
    assertThat(readsOfATurn()).isEqualTo(1);
  }

  @Test
  void zeroSetsNoBound() {
    sizes.readsPerTurn(0);
    assertThat(readsOfATurn()).isEqualTo(MANY);
  }

  @Test
  void aReadThatFillsItsBufferMakesTheNextOnesLarge() {
    assertThat(handle.guess()).isEqualTo(ReadSizes.SMALL);
    readsOfATurn();
    assertThat(handle.guess()).isEqualTo(ReadSizes.LARGE);
  }
}
