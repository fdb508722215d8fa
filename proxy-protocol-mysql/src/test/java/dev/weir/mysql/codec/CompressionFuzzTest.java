package dev.weir.mysql.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.mysql.WireBytes;
import dev.weir.mysql.packet.MalformedPacketException;
import java.util.Arrays;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

class CompressionFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void unpacksOrRefuses(byte[] stream) {
    for (CompressionTest.Kind kind : CompressionTest.Kind.values()) {
      String whole = unpack(kind, stream, 0);
      assertThat(unpack(kind, stream, 1)).isEqualTo(whole);
    }
  }

  /** As the content of one packet, behind a header that fits. */
  @FuzzTest(maxDuration = "60s")
  void unpacksOrRefusesTheContentOfAPacket(byte[] content) {
    byte[] stream = WireBytes.encode(out -> out.writeMediumLE(content.length).writeByte(0)
        .writeMediumLE(1 + content.length * 3).writeBytes(content));
    unpacksOrRefuses(stream);
  }

  @FuzzTest(maxDuration = "60s")
  void whatWasPackedIsUnpacked(byte[] content) {
    for (CompressionTest.Kind kind : CompressionTest.Kind.values()) {
      byte[] packed = CompressionTest.pack(kind, content, 0);
      assertThat(CompressionTest.unpack(kind, packed, new Random(1))).isEqualTo(content);
    }
  }

  private static String unpack(CompressionTest.Kind kind, byte[] stream, int seed) {
    try {
      return Arrays.toString(CompressionTest.unpack(kind, stream, new Random(seed)));
    } catch (MalformedPacketException refused) {
      return "refused";
    }
  }
}
