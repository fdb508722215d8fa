package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Whether what somebody keeps of a read is safe from the reads after it. */
class ReadBufferTest {
  private final ReadBuffer reads = new ReadBuffer();
  private Socket in;
  private java.net.Socket out;

  /** What was kept, and what it has to be for as long as it is. */
  private record Kept(ByteBuf piece, byte[] expected) {}

  @BeforeEach
  void connect() throws IOException {
    assumeTrue(Epoll.isAvailable());
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      in = Socket.newSocketStream();
      in.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
      out = listener.accept();
      out.setTcpNoDelay(true);
    }
    while (!in.finishConnect()) {
      Thread.onSpinWait();
    }
  }

  @AfterEach
  void close() throws IOException {
    reads.release();
    in.close();
    out.close();
  }

  /** One read; waits until there is something. */
  private ByteBuf lend(byte[] sent) throws IOException {
    out.getOutputStream().write(sent);
    int length = 0;
    while (length == 0) {
      length = reads.read(in);
    }
    assertThat(length).as("a short write arrives whole on the loopback").isEqualTo(sent.length);
    return reads.lend(length);
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void nobodyKeepsItSoTheNextReadLandsOnTheSameBytes() throws IOException {
    ByteBuf first = lend(new byte[]{1, 2, 3});
    long where = first.memoryAddress();
    first.release();
    reads.back(first, 3);
    ByteBuf second = lend(new byte[]{4, 5});
    assertThat(second.memoryAddress()).isEqualTo(where);
    assertThat(ByteBufUtil.getBytes(second)).containsExactly(4, 5);
    second.release();
    reads.back(second, 2);
    assertThat(reads.room()).isEqualTo(ReadBuffer.SIZE);
  }

  @Test
  void nobodyCanWriteBeyondWhatWasRead() throws IOException {
    ByteBuf first = lend(new byte[]{1, 2, 3});
    assertThat(first.maxWritableBytes()).isZero();
    first.release();
    reads.back(first, 3);
  }

  @Test
  void whenAllThatWasKeptIsFreeAllTheRoomIsThereAgain() throws IOException {
    ByteBuf first = lend(new byte[]{1, 2, 3});
    reads.back(first, 3); // the other reference is kept
    assertThat(reads.room()).isLessThan(ReadBuffer.SIZE);
    ByteBuf slice = first.retainedSlice(1, 1);
    first.release();
    assertThat(reads.room()).as("a slice of it is still kept").isLessThan(ReadBuffer.SIZE);
    slice.release();
    assertThat(reads.room()).isEqualTo(ReadBuffer.SIZE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatIsKeptStaysWhatItIs(long seed) throws IOException {
    Random random = new Random(seed);
    List<Kept> kept = new ArrayList<>();
    for (int turn = 0; turn < 5_000; turn++) {
      int length = random.nextInt(10) == 0 ? 1 + random.nextInt(12_000) : 1 + random.nextInt(300);
      byte[] sent = random(random, length);
      ByteBuf bytes = lend(sent);
      assertThat(ByteBufUtil.getBytes(bytes)).isEqualTo(sent);
      switch (random.nextInt(6)) {
        case 0 -> kept.add(new Kept(bytes, sent)); // as it is
        case 1 -> { // a slice
          int from = random.nextInt(length);
          int size = random.nextInt(length - from + 1);
          kept.add(new Kept(bytes.retainedSlice(from, size),
              java.util.Arrays.copyOfRange(sent, from, from + size)));
          bytes.release();
        }
        case 2 -> { // a slice of a slice
          ByteBuf half = bytes.retainedSlice(0, length / 2);
          bytes.release();
          kept.add(new Kept(half.retainedSlice(0, length / 4),
              java.util.Arrays.copyOf(sent, length / 4)));
          half.release();
        }
        default -> bytes.release();
      }
      reads.back(bytes, length);
      while (kept.size() > random.nextInt(40)) {
        Kept free = kept.remove(random.nextInt(kept.size()));
        assertThat(ByteBufUtil.getBytes(free.piece())).isEqualTo(free.expected());
        free.piece().release();
      }
    }
    for (Kept left : kept) {
      assertThat(ByteBufUtil.getBytes(left.piece())).isEqualTo(left.expected());
      left.piece().release();
    }
    assertThat(reads.room()).isGreaterThanOrEqualTo(ReadBuffer.LEAST_ROOM);
  }
}
