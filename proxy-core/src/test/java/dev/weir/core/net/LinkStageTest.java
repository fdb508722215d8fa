package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LinkStageTest {
  private final Below below = new Below();
  private final LinkStage stage = new LinkStage(new Doubling(), below);

  @AfterEach
  void close() {
    stage.close();
  }

  // --- in ---

  @Test
  void whatIsReadIsHandedOn() {
    stage.received(bytes("ab"));
    stage.received(bytes("c"));
    assertThat(below.delivered.toString()).isEqualTo("aabbcc");
    assertThat(below.reads).isTrue();
    assertThat(stage.holdsInput()).isFalse();
  }

  @Test
  void aHandlerThatPausesGetsNoMoreUntilItResumes() {
    below.pauseAfter = 4;
    stage.received(bytes("abcd"));
    assertThat(below.delivered.toString()).isEqualTo("aabb");
    assertThat(below.reads).isFalse();
    assertThat(stage.holdsInput()).isTrue();
    stage.received(bytes("e"));
    assertThat(below.delivered.toString()).isEqualTo("aabb");
    below.pauseAfter = Integer.MAX_VALUE;
    below.paused = false;
    stage.resume();
    assertThat(below.delivered.toString()).isEqualTo("aabbccddee");
    assertThat(below.reads).isTrue();
  }

  /** A few bytes that become very many may not keep the worker from its other links. */
  @Test
  void muchIsHandedOnInTurns() {
    below.keeps = false;
    int length = LinkStage.TURN; // becomes two turns of it
    ByteBuf much = ByteBufAllocator.DEFAULT.directBuffer(length).writeZero(length);
    stage.received(much);
    assertThat(below.count).isEqualTo(LinkStage.TURN);
    assertThat(below.laters).isEqualTo(1);
    assertThat(below.reads).isFalse();
    stage.received(bytes("a"));
    assertThat(below.count).isEqualTo(LinkStage.TURN);
    stage.resume();
    assertThat(below.count).isEqualTo(2 * LinkStage.TURN);
    stage.resume();
    assertThat(below.count).isEqualTo(2 * LinkStage.TURN + 2);
    assertThat(below.reads).isTrue();
  }

  @Test
  void whatWasReadBeforeComesFirstAndAfterTheTurn() {
    stage.begin(bytes("a"));
    assertThat(below.delivered.toString()).isEmpty();
    stage.received(bytes("b"));
    assertThat(below.delivered.toString()).isEmpty();
    assertThat(below.laters).isEqualTo(1);
    stage.resume();
    assertThat(below.delivered.toString()).isEqualTo("aabb");
  }

  @Test
  void theEndComesBehindWhatWasRead() {
    below.pauseAfter = 2;
    stage.received(bytes("ab"));
    stage.inputOver();
    assertThat(below.ended).isFalse();
    below.pauseAfter = Integer.MAX_VALUE;
    below.paused = false;
    stage.resume();
    assertThat(below.delivered.toString()).isEqualTo("aabb");
    assertThat(below.ended).isTrue();
  }

  @Test
  void theEndOfAnIdleLinkIsToldAtOnce() {
    stage.inputOver();
    assertThat(below.ended).isTrue();
  }

  @Test
  void brokenInputIsToldOnceAndNothingFollows() {
    stage.received(bytes("ab!cd"));
    assertThat(below.delivered.toString()).isEqualTo("aabb");
    assertThat(below.broken).hasMessage("!");
    stage.received(bytes("e"));
    assertThat(below.delivered.toString()).isEqualTo("aabb");
  }

  @Test
  void aHandlerThatClosesGetsNothingMore() {
    below.closesAfter = 2;
    stage.received(bytes("abc"));
    assertThat(below.delivered.toString()).isEqualTo("aa");
  }

  // --- out ---

  @Test
  void whatIsWrittenInATurnIsPackedTogether() {
    assertThat(stage.write(bytes("a"))).isNull();
    assertThat(stage.write(bytes("b"))).isNull();
    assertThat(stage.gatheredBytes()).isEqualTo(2);
    assertThat(text(stage.drain())).isEqualTo("[ab]");
    assertThat(stage.drain()).isNull();
    assertThat(stage.gatheredBytes()).isZero();
  }

  @Test
  void muchIsPackedBeforeTheTurnEnds() {
    ByteBuf large = ByteBufAllocator.DEFAULT.directBuffer().writeBytes(
        "x".repeat(LinkStage.GATHER).getBytes(StandardCharsets.US_ASCII));
    assertThat(stage.write(bytes("a"))).isNull();
    assertThat(text(stage.write(large.retainedDuplicate()))).startsWith("[ax").endsWith("x]");
    assertThat(text(stage.write(large))).startsWith("[x").endsWith("x]");
    assertThat(stage.gatheredBytes()).isZero();
  }

  private static ByteBuf bytes(String text) {
    return ByteBufAllocator.DEFAULT.directBuffer()
        .writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(@Nullable ByteBuf bytes) {
    if (bytes == null) {
      return "nothing";
    }
    String text = bytes.toString(StandardCharsets.US_ASCII);
    bytes.release();
    return text;
  }

  /** Each byte becomes two of it, up to 64 KiB at once; an exclamation mark is none. Written bytes get brackets. */
  private static final class Doubling implements StreamStage {
    @Override
    public @Nullable ByteBuf unpack(ByteBuf in) {
      if (!in.isReadable()) {
        return null;
      }
      int count = 32 * 1024;
      if (in.readableBytes() >= count) { // zeros
        in.skipBytes(count);
        return ByteBufAllocator.DEFAULT.directBuffer(2 * count).writeZero(2 * count);
      }
      byte next = in.readByte();
      if (next == '!') {
        throw new IllegalArgumentException("!");
      }
      return ByteBufAllocator.DEFAULT.directBuffer(2).writeByte(next).writeByte(next);
    }

    @Override
    public ByteBuf pack(ByteBuf bytes) {
      return ByteBufAllocator.DEFAULT.directBuffer().writeByte('[').writeBytes(bytes)
          .writeByte(']');
    }

    @Override
    public void close() {
      // has nothing
    }
  }

  private final class Below implements LinkStage.Owner {
    final StringBuilder delivered = new StringBuilder();
    int count;
    int laters;
    int pauseAfter = Integer.MAX_VALUE;
    int closesAfter = Integer.MAX_VALUE;
    boolean keeps = true;
    boolean paused;
    boolean reads = true;
    boolean ended;
    @Nullable RuntimeException broken;

    @Override
    public ByteBuf buffer(int capacity) {
      return ByteBufAllocator.DEFAULT.directBuffer(capacity);
    }

    @Override
    public void deliver(ByteBuf piece) {
      count += piece.readableBytes();
      if (keeps) {
        delivered.append(piece.toString(StandardCharsets.US_ASCII));
      }
      piece.release();
      paused |= count >= pauseAfter;
      if (count >= closesAfter) {
        stage.close();
      }
    }

    @Override
    public boolean takesMore() {
      return !paused;
    }

    @Override
    public void readSocket(boolean now) {
      reads = now;
    }

    @Override
    public void later() {
      laters++;
    }

    @Override
    public void broken(RuntimeException why) {
      broken = why;
      stage.close();
    }

    @Override
    public void ended() {
      ended = true;
      stage.close();
    }
  }
}
