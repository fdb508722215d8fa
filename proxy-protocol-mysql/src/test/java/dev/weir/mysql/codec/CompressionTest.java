package dev.weir.mysql.codec;

import com.github.luben.zstd.Zstd;
import dev.weir.mysql.WireBytes;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.mysql.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CompressionTest {
  /** zlib of 60 times 'a', by another implementation. */
  private static final String SIXTY_A = "789c4b4c241f0000b5c016bd";
  private static final String SIXTY_A_ZSTD = "28b52ffd203c45000010616101003f0116";

  @Test
  void aPacketIsUnpackedHoweverItIsCut() {
    byte[] stream = bytes("0c0000 00 3c0000" + SIXTY_A + "050000 01 000000 01000000 0e");
    byte[] expected = bytes(
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' 01000000 0e");
    for (int seed = 0; seed < 100; seed++) {
      assertThat(unpack(Kind.ZLIB, stream, new Random(seed))).isEqualTo(expected);
    }
  }

  /** Made by the reference implementation's command line, level 3. */
  @Test
  void aPacketOfZstdIsUnpackedHoweverItIsCut() {
    byte[] stream = bytes("110000 00 3c0000" + SIXTY_A_ZSTD + "050000 01 000000 01000000 0e");
    byte[] expected = bytes(
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' 01000000 0e");
    for (int seed = 0; seed < 100; seed++) {
      assertThat(unpack(Kind.ZSTD, stream, new Random(seed))).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aShortPacketGoesAsItIs(Kind kind) {
    assertThat(pack(kind, bytes("010000 00 0e"), 0))
        .isEqualTo(bytes("050000 00 000000 010000 00 0e"));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatDoesNotBecomeShorterGoesAsItIs(Kind kind) {
    byte[] noise = new byte[1000];
    new Random(1).nextBytes(noise);
    byte[] packed = pack(kind, noise, 0);
    assertThat(packed).hasSize(1007).startsWith(bytes("e80300 00 000000")).endsWith(noise);
    assertThat(unpack(kind, packed, new Random(2))).isEqualTo(noise);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 49, 50, 51, 65_535, 65_536, 65_537, 3_000_000, 20_000_000})
  void whatWasPackedIsUnpacked(int length) {
    byte[] content = new byte[length];
    Random random = new Random(length);
    for (int i = 0; i < length; i++) {
      content[i] = (byte) (random.nextInt(8) * (i % 100_000 < 50_000 ? 1 : 31));
    }
    for (Kind kind : Kind.values()) {
      byte[] packed = pack(kind, content, 0);
      assertThat(packed.length).isLessThanOrEqualTo(length + 7 * (length / 65_536 + 1));
      assertThat(unpack(kind, packed, new Random(3))).isEqualTo(content);
    }
  }

  /** 16 MiB of zeros in a few KiB: a call makes as much as it may and no more. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void aBombInflatesInSmallPieces(Kind kind) {
    byte[] bomb = kind.bomb(0xffffff);
    ByteBuf in = ByteBufAllocator.DEFAULT.buffer();
    in.writeMediumLE(bomb.length).writeByte(0).writeMediumLE(0xffffff).writeBytes(bomb);
    ByteBuf out = ByteBufAllocator.DEFAULT.buffer(1000);
    try (Decompressor decompressor = kind.decompressor(CompressedNumbers.ofClient())) {
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
        .isThrownBy(() -> unpack(Kind.ZLIB, bytes(stream), new Random(1)))
        .withMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource({"110000 00 3b0000" + SIXTY_A_ZSTD + ", more than announced",
    "110000 00 3d0000" + SIXTY_A_ZSTD + ", less than announced",
    "120000 00 3c0000" + SIXTY_A_ZSTD + "00, goes on",
    "090000 00 3c0000 28b52ffd203c450000, is cut", "080000 00 3c0000 28b52ffd203c4500, too short",
    "0c0000 00 3c0000" + SIXTY_A + ", is not zstd",
    "110000 00 3c0000 28b52ffd283c45000010616101003f0116, is not zstd",
    "110000 00 3c0000 28b52ffd243c45000010616101003f0116, is cut",
    "110000 00 3c0000 28b52ffd213c45000010616101003f0116, dictionary",
    "110000 00 3c0000 28b52ffd203c47000010616101003f0116, compressed packet",
    "110000 00 3c0000 28b52ffd009045000010616101003f0116, a window of",
    "110000 00 3c0000 28b52ffda00000000245000010616101003f, a window of",
    "0a0000 00 3c0000 28b52ffde00000000245, is cut",
    "110000 00 3c0000 28b52ffde0ffffffffffffffff000010616101, a window of"})
  void whatIsNoPacketOfZstdIsRefused(String stream, String why) {
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> unpack(Kind.ZSTD, bytes(stream), new Random(1)))
        .withMessageContaining(why);
  }

  // --- numbers ---

  @Test
  void aClientBeginsAnewWithZeroAndElseCountsOn() {
    CompressedNumbers numbers = CompressedNumbers.ofClient();
    for (int number : new int[]{0, 1, 2, 0, 0, 1}) {
      numbers.took(number);
    }
    assertThat(numbers.give()).isEqualTo(2);
    assertThat(numbers.give()).isEqualTo(3);
    numbers.took(4); // a file that was asked for
    assertThatExceptionOfType(MalformedPacketException.class).isThrownBy(() -> numbers.took(4))
        .withMessageContaining("number 4 instead of 5");
  }

  @Test
  void aServerCountsOnFromTheCommand() {
    CompressedNumbers numbers = CompressedNumbers.ofServer();
    numbers.begin();
    for (int i = 0; i < 300; i++) {
      assertThat(numbers.give()).isEqualTo(i & 0xff);
    }
    numbers.took(300 & 0xff);
    numbers.begin();
    assertThat(numbers.give()).isZero();
    assertThatExceptionOfType(MalformedPacketException.class).isThrownBy(() -> numbers.took(0))
        .withMessageContaining("number 0 instead of 1");
  }

  @Test
  void packetsOutOfOrderAreRefused() {
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> unpack(Kind.ZLIB,
            bytes("010000 00 000000 0e 010000 02 000000 0e"), new Random(1)))
        .withMessageContaining("out of order");
  }

  // --- helpers ---

  /** Both algorithms. */
  enum Kind {
    ZLIB, ZSTD;

    Compressor compressor() {
      return this == ZLIB ? Compressor.zlib(6) : Compressor.zstd(3);
    }

    Decompressor decompressor(CompressedNumbers numbers) {
      return this == ZLIB ? Decompressor.zlib(numbers) : Decompressor.zstd(numbers);
    }

    byte[] bomb(int length) {
      if (this == ZSTD) {
        return Zstd.compress(new byte[length], 19);
      }
      Deflater deflater = new Deflater(9);
      deflater.setInput(new byte[length]);
      deflater.finish();
      byte[] bomb = new byte[100_000];
      int made = deflater.deflate(bomb);
      deflater.end();
      return Arrays.copyOf(bomb, made);
    }
  }

  static byte[] pack(Kind kind, byte[] content, int already) {
    CompressedNumbers numbers = CompressedNumbers.ofServer();
    for (int i = 0; i < already; i++) {
      numbers.give();
    }
    return WireBytes.encode(out -> {
      ByteBuf in = WireBytes.buffer(content);
      try (Compressor compressor = kind.compressor()) {
        compressor.encode(in, out, numbers);
      } finally {
        in.release();
      }
    });
  }

  static byte[] unpack(Kind kind, byte[] stream, Random cuts) {
    ByteBuf out = ByteBufAllocator.DEFAULT.buffer();
    ByteBuf in = ByteBufAllocator.DEFAULT.buffer();
    try (Decompressor decompressor = kind.decompressor(CompressedNumbers.ofClient())) {
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

  /** The library takes direct buffers only; what arrives need not be one. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void bytesOnTheHeapAndInPiecesAreTaken(Kind kind) {
    byte[] content = "the same over and over again, ".repeat(10_000)
        .getBytes(StandardCharsets.US_ASCII);
    byte[] packed;
    ByteBuf onHeap = ByteBufAllocator.DEFAULT.heapBuffer().writeBytes(content);
    ByteBuf made = ByteBufAllocator.DEFAULT.directBuffer();
    try (Compressor compressor = kind.compressor()) {
      compressor.encode(onHeap, made, CompressedNumbers.ofServer());
      packed = new byte[made.readableBytes()];
      made.readBytes(packed);
    } finally {
      onHeap.release();
      made.release();
    }
    CompositeByteBuf pieces = ByteBufAllocator.DEFAULT.compositeHeapBuffer();
    for (int at = 0; at < packed.length; at += 100) {
      int length = Math.min(100, packed.length - at);
      pieces.addComponent(true,
          ByteBufAllocator.DEFAULT.heapBuffer().writeBytes(packed, at, length));
    }
    ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer();
    try (Decompressor decompressor = kind.decompressor(CompressedNumbers.ofClient())) {
      assertThat(decompressor.decode(pieces, out, Integer.MAX_VALUE)).isEqualTo(content.length);
      byte[] back = new byte[content.length];
      out.readBytes(back);
      assertThat(back).isEqualTo(content);
    } finally {
      pieces.release();
      out.release();
    }
  }
}
