package dev.weir.mysql.codec;

import dev.weir.mysql.WireBytes;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.mysql.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CompressionTest {
  /** zlib of 60 times 'a', by another implementation. */
  private static final String SIXTY_A = "789c4b4c241f0000b5c016bd";

  @Test
  void aPacketIsUnpackedHoweverItIsCut() {
    byte[] stream = bytes("0c0000 05 3c0000" + SIXTY_A + "050000 06 000000 01000000 0e");
    byte[] expected = bytes(
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' 01000000 0e");
    for (int seed = 0; seed < 100; seed++) {
      assertThat(unpack(stream, new Random(seed))).isEqualTo(expected);
    }
  }

  @Test
  void aShortPacketGoesAsItIs() {
    assertThat(pack(bytes("010000 00 0e"), 0)).isEqualTo(bytes("050000 00 000000 010000 00 0e"));
  }

  @Test
  void whatDoesNotBecomeShorterGoesAsItIs() {
    byte[] noise = new byte[1000];
    new Random(1).nextBytes(noise);
    byte[] packed = pack(noise, 3);
    assertThat(packed).hasSize(1007).startsWith(bytes("e80300 03 000000")).endsWith(noise);
    assertThat(unpack(packed, new Random(2))).isEqualTo(noise);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 49, 50, 51, 65_535, 65_536, 65_537, 3_000_000})
  void whatWasPackedIsUnpacked(int length) {
    byte[] content = new byte[length];
    Random random = new Random(length);
    for (int i = 0; i < length; i++) {
      content[i] = (byte) (random.nextInt(8) * (i % 100_000 < 50_000 ? 1 : 31));
    }
    byte[] packed = pack(content, 254);
    assertThat(packed.length).isLessThanOrEqualTo(length + 7 * (length / 65_536 + 1));
    assertThat(unpack(packed, new Random(3))).isEqualTo(content);
  }

  /** 16 MiB of zeros in 16 KiB: a call makes as much as it may and no more. */
  @Test
  void aBombInflatesInSmallPieces() {
    Deflater deflater = new Deflater(9);
    deflater.setInput(new byte[0xffffff]);
    deflater.finish();
    byte[] bomb = new byte[100_000];
    int length = deflater.deflate(bomb);
    deflater.end();
    ByteBuf in = ByteBufAllocator.DEFAULT.buffer();
    in.writeMediumLE(length).writeByte(0).writeMediumLE(0xffffff).writeBytes(bomb, 0, length);
    ByteBuf out = ByteBufAllocator.DEFAULT.buffer(1000);
    try (Decompressor decompressor = Decompressor.zlib()) {
      long made = 0;
      int written;
      do {
        out.clear();
        written = decompressor.decode(in, out, 1000);
        assertThat(out.capacity()).isLessThan(2048);
        made += written;
      } while (written == 1000);
      assertThat(made).isEqualTo(0xffffff);
      assertThat(in.isReadable()).isFalse();
    } finally {
      in.release();
      out.release();
    }
  }

  @ParameterizedTest
  @CsvSource({"0c0000 00 3b0000" + SIXTY_A + ", more than announced",
    "0c0000 00 3d0000" + SIXTY_A + ", less than announced",
    "0d0000 00 3c0000" + SIXTY_A + "00, goes on", "0b0000 00 3c0000 789c4b4c241f0000b5c016, is cut",
    "020000 00 3c0000 789c 00, is cut", "000000 00 3c0000, is cut",
    "0c0000 00 3c0000 789c4b4c241f0000b5c016be, compressed packet",
    "040000 00 3c0000 deadbeef, compressed packet", "060000 00 3c0000 78bb 00000001, dictionary"})
  void whatIsNoCompressedPacketIsRefused(String stream, String why) {
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> unpack(bytes(stream), new Random(1))).withMessageContaining(why);
  }

  static byte[] pack(byte[] content, int sequence) {
    return WireBytes.encode(out -> {
      ByteBuf in = WireBytes.buffer(content);
      try (Compressor compressor = Compressor.zlib(6)) {
        compressor.encode(in, out, sequence);
      } finally {
        in.release();
      }
    });
  }

  static byte[] unpack(byte[] stream, Random cuts) {
    ByteBuf out = ByteBufAllocator.DEFAULT.buffer();
    ByteBuf in = ByteBufAllocator.DEFAULT.buffer();
    try (Decompressor decompressor = Decompressor.zlib()) {
      int given = 0;
      while (given < stream.length) {
        int part = 1 + cuts.nextInt(Math.min(stream.length - given, stream.length / 20 + 5));
        in.writeBytes(stream, given, part);
        given += part;
        int limit = 1 + cuts.nextInt(stream.length + 5);
        while (decompressor.decode(in, out, limit) == limit) {
          in.discardSomeReadBytes();
        }
      }
      byte[] bytes = new byte[out.readableBytes()];
      out.readBytes(bytes);
      return bytes;
    } finally {
      in.release();
      out.release();
    }
  }

  @Test
  void thePacketsNumberIsTold() {
    ByteBuf in = WireBytes.buffer(Arrays.copyOf(bytes("010000 07 000000 00"), 8));
    ByteBuf out = ByteBufAllocator.DEFAULT.buffer();
    try (Decompressor decompressor = Decompressor.zlib()) {
      assertThat(decompressor.decode(in, out, 10)).isEqualTo(1);
      assertThat(decompressor.sequence()).isEqualTo(7);
    } finally {
      in.release();
      out.release();
    }
  }
}
