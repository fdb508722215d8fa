package dev.weir.core.mysql;

import dev.weir.core.net.Bytes;
import dev.weir.mysql.packet.Command;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ForwardWatchTest {
  private static final int MAX = 0xffffff;

  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();

  private void packet(int sequence, int length, int first) {
    stream.write(length);
    stream.write(length >> 8);
    stream.write(length >> 16);
    stream.write(sequence);
    byte[] body = new byte[length];
    if (length > 0) {
      body[0] = (byte) first;
    }
    stream.writeBytes(body);
  }

  /** The commands that are found when the stream comes in pieces of up to {@code longest} bytes. */
  private List<String> found(long seed, int longest) {
    byte[] all = stream.toByteArray();
    Random cuts = new Random(seed);
    ForwardWatch watch = new ForwardWatch();
    List<String> commands = new ArrayList<>();
    ByteArrayOutputStream passedOn = new ByteArrayOutputStream();
    ByteBuf held = ByteBufAllocator.DEFAULT.directBuffer();
    int from = 0;
    while (from < all.length) {
      int length = Math.min(all.length - from, 1 + cuts.nextInt(longest));
      ByteBuf in = Bytes.join(held,
          ByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(all, from, length));
      from += length;
      int at = in.readerIndex();
      int next = watch.scan(in, at, in.writerIndex());
      while (next > at) {
        if (watch.begins()) {
          commands.add(String.valueOf(watch.command()));
        }
        byte[] passed = new byte[next - at];
        in.getBytes(at, passed);
        passedOn.writeBytes(passed);
        at = next;
        next = watch.scan(in, at, in.writerIndex());
      }
      assertThat(in.writerIndex() - at).isLessThan(5); // a header and a byte at most are held
      held = Bytes.kept(in, at);
      in.release();
    }
    assertThat(held.readableBytes()).isZero();
    held.release();
    assertThat(passedOn.toByteArray()).isEqualTo(all);
    return commands;
  }

  private void assertFinds(String... commands) {
    for (int seed = 0; seed < 20; seed++) {
      assertThat(found(seed, 40)).containsExactly(commands);
    }
    assertThat(found(1, stream.size())).containsExactly(commands);
  }

  @Test
  void commandsAreFoundWhereverTheStreamIsCut() {
    packet(0, 10, 0x03);
    packet(0, 1, 0x0e);
    packet(0, 30, 0x11);
    packet(0, 9, 0x16);
    packet(0, 1, 0x01);
    assertFinds("QUERY", "PING", "CHANGE_USER", "STMT_PREPARE", "QUIT");
  }

  @Test
  void whatNobodyKnowsIsPassedOn() {
    packet(0, 20, 0xef); // a replica's acknowledgement
    packet(0, 0, 0);
    packet(0, 20, 0xee);
    assertFinds("null", "null", "null");
  }

  @Test
  void theContentOfAFileIsNoCommand() {
    packet(0, 10, 0x03);
    for (int number = 2; number < 600; number++) {
      packet(number, 3, 0x11);
    }
    packet(600, 0, 0);
    packet(0, 10, 0x03);
    assertFinds("QUERY", "QUERY");
  }

  @Test
  void aFileThatEndsWithTheLastNumberEnds() {
    packet(0, 10, 0x03);
    for (int number = 2; number < 255; number++) {
      packet(number, 3, 0x11);
    }
    packet(255, 0, 0);
    packet(0, 10, 0x11);
    assertFinds("QUERY", "CHANGE_USER");
  }

  @Test
  void aLongCommandIsOne() {
    packet(0, MAX, 0x03);
    packet(1, 7, 0x11);
    packet(0, 1, 0x0e);
    assertThat(found(3, 1 << 20)).containsExactly("QUERY", "PING");
  }

  @Test
  void whatBeginsACommandCanBePutBack() {
    packet(0, 20, 0x11);
    packet(0, 1, 0x0e);
    ForwardWatch watch = new ForwardWatch();
    ByteBuf in = ByteBufAllocator.DEFAULT.directBuffer().writeBytes(stream.toByteArray());
    watch.scan(in, 0, 12);
    assertThat(watch.command()).isEqualTo(Command.CHANGE_USER);
    watch.putBack();
    int next = watch.scan(in, 24, in.writerIndex());
    assertThat(watch.command()).isEqualTo(Command.PING);
    assertThat(next).isEqualTo(in.writerIndex());
    in.release();
  }
}
