package dev.weir.mysql.codec;

import dev.weir.mysql.WireBytes;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.weir.mysql.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class CommandScannerTest {
  private static final byte[] COMMANDS = bytes(
      "090000 00 03 'select 1' 010000 00 0e 050000 00 19 01000000 010000 00 01");

  @Test
  void commandsAreFoundHoweverTheyAreCut() {
    for (int seed = 0; seed < 50; seed++) {
      assertThat(scan(new CommandScanner(), COMMANDS, new Random(seed)))
          .containsExactly("QUERY 9", "PING 1", "STMT_CLOSE 5", "QUIT 1");
    }
  }

  @Test
  void aCommandCanBeWaitedFor() {
    CommandScanner scanner = new CommandScanner();
    ByteBuf in = WireBytes.buffer(COMMANDS);
    for (int end = 0; end < 5; end++) {
      assertThat(scanner.scan(in, 0, end)).isZero();
      assertThat(scanner.begins()).isFalse();
    }
    for (int end = 5; end < 13; end++) {
      assertThat(scanner.scan(in, 0, end)).isEqualTo(end);
      assertThat(scanner.begins()).isTrue();
      assertThat(scanner.ends()).isFalse();
      assertThat(scanner.isInside()).isTrue();
      scanner.putBack();
      assertThat(scanner.isInside()).isFalse();
    }
    assertThat(scanner.scan(in, 0, in.writerIndex())).isEqualTo(13);
    assertThat(scanner.ends()).isTrue();
    assertThat(scanner.command()).isEqualTo(Command.QUERY);
    assertThatIllegalStateException().isThrownBy(scanner::putBack);
    in.release();
  }

  @Test
  void aCommandMayTakeSeveralPackets() {
    ByteBuf in = ByteBufAllocator.DEFAULT.buffer(0x1000100);
    in.writeBytes(bytes("ffffff 00 03")).writeZero(0xfffffe).writeBytes(bytes("020000 01 0e0e"));
    int length = in.writerIndex();
    in.writeBytes(bytes("010000 00 0e"));
    CommandScanner scanner = new CommandScanner();
    assertThat(scanner.scan(in, 0, 1000)).isEqualTo(1000);
    assertThat(scanner.begins()).isTrue();
    assertThat(scanner.scan(in, 1000, length - 1)).isEqualTo(length - 1);
    assertThat(scanner.begins()).isFalse();
    assertThat(scanner.ends()).isFalse();
    assertThat(scanner.scan(in, length - 1, in.writerIndex())).isEqualTo(length);
    assertThat(scanner.ends()).isTrue();
    assertThat(scanner.length()).isEqualTo(0x1000001);
    assertThat(scanner.nextSequence()).isEqualTo(2);
    in.release();
  }

  @Test
  void aLongCommandCanBePutBackWhole() {
    ByteBuf in = ByteBufAllocator.DEFAULT.buffer(0x1000100);
    in.writeBytes(bytes("ffffff 00 03")).writeZero(0xfffffe).writeBytes(bytes("000000 01"));
    CommandScanner scanner = new CommandScanner();
    scanner.scan(in, 0, in.writerIndex() - 1);
    scanner.putBack();
    assertThat(scanner.scan(in, 0, in.writerIndex())).isEqualTo(in.writerIndex());
    assertThat(scanner.ends()).isTrue();
    in.release();
  }

  @Test
  void aFileEndsWithAnEmptyPacket() {
    CommandScanner scanner = new CommandScanner();
    scanner.expectFile(2, 0);
    assertThat(scan(scanner, bytes("030000 02 'a,b' 010000 03 0a 000000 04 010000 00 0e"),
        new Random(2))).containsExactly("file 4", "PING 1");
  }

  @Test
  void aFilesPacketsGetTheNumbersThatTheServerExpects() {
    CommandScanner scanner = new CommandScanner();
    scanner.expectFile(0xfe, 3);
    ByteBuf in = WireBytes.buffer(bytes("010000 fe 61 010000 ff 62 000000 00 010000 00 0e"));
    int end = scanner.scan(in, 0, in.writerIndex());
    assertThat(ByteBufUtil.hexDump(in, 0, end)).isEqualTo("0100000161" + "0100000262" + "00000003");
    assertThat(scanner.nextSequence()).isEqualTo(1);
    assertThat(scanner.scan(in, end, in.writerIndex())).isEqualTo(in.writerIndex());
    assertThat(in.getByte(end + 3)).isZero();
    in.release();
  }

  /** What a client numbers as its compressed packets go out. */
  @Test
  void numbersOfAClientThatCompressesAreMended() {
    CommandScanner scanner = new CommandScanner();
    scanner.renumber(true);
    ByteBuf in = ByteBufAllocator.DEFAULT.buffer(0x1000100);
    in.writeBytes(bytes("ffffff 00 03")).writeZero(0xfffffe).writeBytes(bytes("000000 00"));
    assertThat(scanner.scan(in, 0, in.writerIndex())).isEqualTo(in.writerIndex());
    assertThat(scanner.ends()).isTrue();
    assertThat(in.getByte(in.writerIndex() - 1)).isEqualTo((byte) 1);
    assertThat(scanner.nextSequence()).isEqualTo(2);
    scanner.expectFile(2, 0);
    in.clear().writeBytes(bytes("010000 09 61 000000 0a"));
    assertThat(scanner.scan(in, 0, in.writerIndex())).isEqualTo(in.writerIndex());
    assertThat(ByteBufUtil.hexDump(in)).isEqualTo("0100000261" + "00000003");
    in.release();
  }

  @Test
  void aLoginsAnswerIsOnePacketAndMayBeEmpty() {
    CommandScanner scanner = new CommandScanner();
    scanner.expectLogin(3);
    assertThat(scan(scanner, bytes("000000 03 010000 00 0e"), new Random(2)))
        .containsExactly("file 0", "PING 1");
  }

  @Test
  void whatIsNoCommandIsNamed() {
    CommandScanner scanner = new CommandScanner();
    ByteBuf in = WireBytes.buffer(bytes("010000 00 77"));
    scanner.scan(in, 0, 5);
    assertThat(scanner.command()).isNull();
    assertThat(scanner.code()).isEqualTo((byte) 0x77);
    in.release();
  }

  @ParameterizedTest
  @CsvSource({"000000 00, without a byte", "010000 01 0e, out of order",
    "010000 00 0e 010000 01 0e, order"})
  void whatTheProtocolDoesNotAllowIsRefused(String stream, String why) {
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> scan(new CommandScanner(), bytes(stream), new Random(1)))
        .withMessageContaining(why);
  }

  private static List<String> scan(CommandScanner scanner, byte[] stream, Random cuts) {
    List<String> found = new ArrayList<>();
    ByteBuf in = WireBytes.buffer(stream);
    try {
      int at = 0;
      int end = 0;
      boolean isFile = true;
      while (end < stream.length) {
        end += 1 + cuts.nextInt(Math.min(6, stream.length - end));
        int next = at;
        do {
          at = next;
          next = scanner.scan(in, at, end);
          isFile &= !scanner.begins() || scanner.command() == null;
          if (scanner.ends()) {
            found.add((isFile ? "file" : String.valueOf(scanner.command())) + " "
                + scanner.length());
          }
        } while (next > at);
      }
      return found;
    } finally {
      in.release();
    }
  }
}
