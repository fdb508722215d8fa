package dev.weir.core.mysql;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class GtidSetTest {
  private static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  private static final String SOURCE = "3e11fa4771ca11e19e33c80aa9429562";

  @Test
  void containsWhatWasAddedInWhateverOrder() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      GtidSet set = new GtidSet();
      BitSet expected = new BitSet();
      for (int i = 0; i < 60; i++) {
        int first = 1 + random.nextInt(200);
        int last = first + random.nextInt(8);
        assertThat(set.add("0", first, last)).isTrue();
        expected.set(first, last + 1);
        for (int n = 0; n < 220; n++) {
          assertThat(set.contains(new Gtid("0", n))).as("seed %d, %d", seed, n)
              .isEqualTo(expected.get(n));
        }
      }
      StringBuilder text = new StringBuilder("0");
      for (int from = expected.nextSetBit(0); from >= 0;) {
        int to = expected.nextClearBit(from) - 1;
        text.append(':').append(from).append(to > from ? "-" + to : "");
        from = expected.nextSetBit(to + 1);
      }
      assertThat(set).hasToString(text.toString());
    }
  }

  @Test
  void sourcesAreApart() {
    GtidSet set = new GtidSet();
    set.add(SOURCE, 1, 5);
    set.add("7", 3, 3);
    assertThat(set.contains(new Gtid("7", 1))).isFalse();
    assertThat(set.contains(new Gtid("8", 3))).isFalse();
    assertThat(set).hasToString(UUID + ":1-5,7:3");
  }

  @Test
  void numbersMayBeAsLargeAsTheyGet() {
    GtidSet set = new GtidSet();
    set.add("0", Long.MAX_VALUE - 1, Long.MAX_VALUE - 1);
    set.add("0", Long.MAX_VALUE, Long.MAX_VALUE);
    set.add("0", 1, Long.MAX_VALUE);
    assertThat(set).hasToString("0:1-" + Long.MAX_VALUE);
  }

  @Test
  void rangesHaveABound() {
    GtidSet set = new GtidSet();
    boolean room = true;
    int added = 0;
    while (room) {
      added++;
      room = set.add("0", added * 2L, added * 2L);
      if (added % 20_000 == 0) {
        assertThat(added).isLessThanOrEqualTo(GtidSet.MAX_RANGES);
      }
    }
    assertThat(added).isEqualTo(GtidSet.MAX_RANGES + 1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {UUID + ":23|" + SOURCE + "|23",
    UUID + ":1-5|" + SOURCE + "|5", UUID + ":1-5:7|" + SOURCE + "|7",
    "00000000-0000-0000-0000-000000000001:1-9," + UUID + ":4|" + SOURCE + "|4",
    "3E11FA47-71CA-11E1-9E33-C80AA9429562:2|" + SOURCE + "|2", "0-1-100|0|100",
    "4294967295-4294967295-9223372036854775807|4294967295|9223372036854775807",
    "0-1-5,1-1-7|1|7"})
  void theLastOneIsRead(String text, String source, long number) {
    assertThat(Gtid.of(text)).isEqualTo(new Gtid(source, number));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", ":", "x", UUID, UUID + ":", UUID + ":0", UUID + ":-1",
    UUID + ":x", UUID + ":tag:5", UUID + ":1-99999999999999999999", "0-1", "0-1-", "0-1-0",
    "0--5", "0-1-2-3", "x-1-2", "0-x-2", "0-1-x", "99999999999-1-2", "deadbeef:5",
    "0-1-9223372036854775808"})
  void anythingElseIsNone(String text) {
    assertThat(Gtid.of(text)).isNull();
  }
}
