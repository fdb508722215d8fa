package dev.weir.mysql.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.mysql.packet.MalformedPacketException;
import java.util.Arrays;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

class CompressionFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void unpacksOrRefuses(byte[] stream) {
    String whole = unpack(stream, 0);
    assertThat(unpack(stream, 1)).isEqualTo(whole);
  }

  @FuzzTest(maxDuration = "60s")
  void whatWasPackedIsUnpacked(byte[] content) {
    assertThat(CompressionTest.unpack(CompressionTest.pack(content, 0), new Random(1)))
        .isEqualTo(content);
  }

  private static String unpack(byte[] stream, int seed) {
    try {
      return Arrays.toString(CompressionTest.unpack(stream, new Random(seed)));
    } catch (MalformedPacketException refused) {
      return "refused";
    }
  }
}
