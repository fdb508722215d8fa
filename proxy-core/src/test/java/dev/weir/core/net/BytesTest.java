package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BytesTest {
  private static ByteBuf read(int room, String text) {
    return ByteBufAllocator.DEFAULT.directBuffer(room, room)
        .writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aFewBytesOfALargeReadAreKeptWithoutIt() {
    ByteBuf all = read(8192, "sent now and later");
    ByteBuf kept = Bytes.kept(all, 9);
    assertThat(all.release()).as("the large buffer is free").isTrue();
    assertThat(kept.capacity()).isEqualTo(9);
    assertThat(kept.toString(StandardCharsets.US_ASCII)).isEqualTo("and later");
    kept.release();
  }

  @Test
  void aFewBytesThatAreAllOfASmallViewAreKeptWithoutTheLargeMemory() {
    ByteBuf all = read(8192, "a worker's");
    ByteBuf lent = all.retainedSlice(2, 8);
    ByteBuf kept = Bytes.kept(lent, lent.readerIndex());
    lent.release();
    assertThat(all.release()).as("the large buffer is free").isTrue();
    assertThat(kept.toString(StandardCharsets.US_ASCII)).isEqualTo("worker's");
    kept.release();
  }

  @Test
  void mostOfAReadIsKeptAsItIs() {
    ByteBuf all = read(16, "sent and later");
    ByteBuf kept = Bytes.kept(all, all.readerIndex());
    assertThat(kept).isSameAs(all);
    assertThat(all.release()).isFalse();
    kept.release();
  }
}
