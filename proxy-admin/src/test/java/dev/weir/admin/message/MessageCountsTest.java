package dev.weir.admin.message;

import dev.weir.admin.message.MessageCounts.MessageCount;
import dev.weir.admin.message.MessageCounts.Place;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class MessageCountsTest {
  private static final Logger LOG = LoggerFactory.getLogger(MessageCountsTest.class);

  private final MessageCounts counts = MessageCounts.install();

  @AfterEach
  void close() {
    counts.close();
  }

  private List<MessageCount> mine(boolean reset) {
    return counts.counts(reset).stream()
        .filter(count -> count.place().file().equals("MessageCountsTest.java")).toList();
  }

  @Test
  void warningsAreCountedByTheLineThatWritesThem() {
    for (int i = 0; i < 3; i++) {
      LOG.warn("number {}", i);
    }
    LOG.error("another");
    LOG.info("nothing to worry about");

    assertThat(mine(false)).extracting(count -> count.place().method(), MessageCount::count)
        .containsExactly(
            org.assertj.core.groups.Tuple
                .tuple("warningsAreCountedByTheLineThatWritesThem", 3L),
            org.assertj.core.groups.Tuple
                .tuple("warningsAreCountedByTheLineThatWritesThem", 1L));
    assertThat(mine(false)).allSatisfy(count -> {
      assertThat(count.place().line()).isPositive();
      assertThat(count.firstSeen()).isPositive().isLessThanOrEqualTo(count.lastSeen());
    });
  }

  @Test
  void aResetClearsTheTableAndNotTheTotals() {
    LOG.warn("once");
    Place place = mine(true).getFirst().place();

    assertThat(mine(false)).isEmpty();
    assertThat(counts.totals()).containsEntry(place, 1L);
  }

  @Test
  void placesAreBounded() {
    for (int i = 0; i < MessageCounts.MOST_PLACES + 10; i++) {
      counts.count(new Place("Made.java", i, "up"), 1);
    }
    counts.count(new Place("Made.java", 0, "up"), 2);

    assertThat(counts.totals()).hasSizeLessThanOrEqualTo(MessageCounts.MOST_PLACES)
        .containsEntry(new Place("Made.java", 0, "up"), 2L);
  }

  @Test
  void nothingIsCountedAfterTheEnd() {
    counts.close();
    LOG.warn("too late");

    assertThat(mine(false)).isEmpty();
  }
}
