package dev.weir.pg.codec;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TagSetTest {
  @Test
  void hasExactlyItsTags() {
    byte[] tags = {'Z', 'E', '1', '3', 0, 63, 64, 127};
    TagSet set = TagSet.of(tags);
    for (int b = Byte.MIN_VALUE; b <= Byte.MAX_VALUE; b++) {
      boolean expected = new String(tags, java.nio.charset.StandardCharsets.ISO_8859_1)
          .indexOf(b & 0xff) >= 0;
      assertThat(set.has((byte) b)).as("%d", b).isEqualTo(expected);
    }
  }

  @Test
  void refusesATagThatIsNotAscii() {
    assertThatIllegalArgumentException().isThrownBy(() -> TagSet.of((byte) 0x80));
  }

  @Test
  void growsIntoANewSet() {
    TagSet small = TagSet.of((byte) 'Z');
    TagSet large = small.and((byte) 'E');
    assertThat(large.has((byte) 'Z')).isTrue();
    assertThat(large.has((byte) 'E')).isTrue();
    assertThat(small.has((byte) 'E')).isFalse();
  }
}
