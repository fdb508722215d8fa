package dev.weir.mysql.codec;

import dev.weir.mysql.WireBytes;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.ComStmtPrepare;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.Ok;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.weir.mysql.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PacketsTest {
  @Test
  void aHeaderIsReadInPlace() {
    ByteBuf in = WireBytes.buffer(bytes("ff 030201 fe"));
    assertThat(Packets.payloadLength(in, 1)).isEqualTo(0x010203);
    assertThat(Packets.sequence(in, 1)).isEqualTo(254);
    Packets.setSequence(in, 1, Packets.next(255));
    assertThat(Packets.sequence(in, 1)).isZero();
    in.release();
  }

  @Test
  void aPacketIsWholeWithItsLastByte() {
    ByteBuf in = WireBytes.buffer(bytes("020000 00 'ab' 000000 01"));
    for (int to = 0; to < 6; to++) {
      assertThat(Packets.isWhole(in, 0, to)).isFalse();
    }
    assertThat(Packets.isWhole(in, 0, 6)).isTrue();
    assertThat(Packets.isWhole(in, 6, 10)).isTrue();
    in.release();
  }

  @Test
  void aLoginPacketHasALimit() {
    ByteBuf in = WireBytes.buffer(bytes("ffffff 00"));
    assertThat(Packets.payloadLength(in, 0, Packets.MAX_PAYLOAD)).isEqualTo(0xffffff);
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> Packets.payloadLength(in, 0, 65_536));
    in.release();
  }

  @Test
  void aPacketGetsItsFrame() {
    assertThat(WireBytes.encode(out -> assertThat(Packets.write(out, 255, Ok.of(2), 0)).isZero()))
        .isEqualTo(bytes("070000 ff 00 00 00 0200 0000"));
  }

  /** Lengths of payloads around the limit: how many packets, and how long the last one is. */
  @ParameterizedTest
  @CsvSource({"16777214, 1, 16777214", "16777215, 2, 0", "16777216, 2, 1", "33554430, 3, 0"})
  void aLongPayloadIsCut(int length, int packets, int last) {
    ByteBuf out = ByteBufAllocator.DEFAULT.buffer();
    ByteString sql = ByteString.of(new byte[length - 1]);
    assertThat(Packets.write(out, 7, new ComStmtPrepare(sql), 0)).isEqualTo(7 + packets);
    int at = 0;
    for (int i = 0; i < packets; i++) {
      int expected = i == packets - 1 ? last : Packets.MAX_PAYLOAD;
      assertThat(Packets.payloadLength(out, at)).isEqualTo(expected);
      assertThat(Packets.sequence(out, at)).isEqualTo(7 + i);
      at += Packets.HEADER + expected;
    }
    assertThat(out.writerIndex()).isEqualTo(at);
    assertThat(out.getByte(4)).isEqualTo((byte) 0x16);
    out.release();
  }
}
