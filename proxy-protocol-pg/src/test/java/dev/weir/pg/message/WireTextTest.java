package dev.weir.pg.message;

import dev.weir.pg.WireBytes;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.pg.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WireTextTest {
  @Test
  void readsUtf8() {
    assertThat(WireText.decode("Zoë 🐘 \uFFFD".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("Zoë 🐘 \uFFFD");
  }

  @ParameterizedTest
  @ValueSource(strings = {"e9", "'caf' e9", "c3", "c328", "ff c3a9 80", "f09f9098 80", "eda080",
    "efbfbd e9", "c0af", "f0 9f 90", "80f09f909880"})
  void handsOnWhatIsNotUtf8(String notation) {
    byte[] raw = bytes(notation);
    assertThat(WireText.encode(WireText.decode(raw))).isEqualTo(raw);
    byte[] message = WireBytes.encode(new CommandComplete(WireText.decode(raw))::encode);
    assertThat(message).hasSize(6 + raw.length).containsSequence(raw);
  }

  @Test
  void keepsDifferentBytesDifferent() {
    assertThat(WireText.decode(bytes("e9"))).isNotEqualTo(WireText.decode(bytes("e8")));
  }

  @Test
  void losesNoBytesOfRandomTexts() {
    Random random = new Random(42);
    for (int round = 0; round < 2_000; round++) {
      byte[] raw = new byte[random.nextInt(12)];
      random.nextBytes(raw);
      assertThat(WireText.encode(WireText.decode(raw))).isEqualTo(raw);
    }
  }

  @Test
  void refusesToWriteATerminatorInsideAText() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WireBytes.encode(new Query("a\0b")::encode));
  }
}
