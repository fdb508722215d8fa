package dev.weir.core.metrics;

import java.lang.management.ManagementFactory;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TimeHistogramTest {
  @Test
  void bucketsFollowEachOtherWithoutGaps() {
    for (int bucket = 0; bucket < TimeHistogram.BUCKETS; bucket++) {
      long last = TimeHistogram.upperEnd(bucket);
      assertThat(TimeHistogram.bucketOf(last)).isEqualTo(bucket);
      if (bucket + 1 < TimeHistogram.BUCKETS) {
        assertThat(TimeHistogram.bucketOf(last + 1)).isEqualTo(bucket + 1);
      }
    }
    assertThat(TimeHistogram.upperEnd(TimeHistogram.BUCKETS - 1))
        .isEqualTo(TimeHistogram.MAX_MICROS);
  }

  @Test
  void everyBucketIsAtMostAnEighthWide() {
    for (int bucket = 16; bucket < TimeHistogram.BUCKETS; bucket++) {
      long first = TimeHistogram.upperEnd(bucket - 1) + 1;
      long width = TimeHistogram.upperEnd(bucket) - first + 1;
      assertThat(width).isLessThanOrEqualTo(first / 8);
    }
  }

  @Test
  void coversAnHour() {
    assertThat(TimeHistogram.MAX_MICROS).isGreaterThan(3_600_000_000L);
  }

  @Test
  void countsSumsAndFindsPercentiles() {
    TimeHistogram histogram = new TimeHistogram();
    for (int i = 1; i <= 1000; i++) {
      histogram.record(i);
    }
    TimeHistogram.Snapshot all = histogram.snapshot();
    assertThat(all.count()).isEqualTo(1000);
    assertThat(all.sumMicros()).isEqualTo(500_500);
    assertThat(all.percentileMicros(0.5)).isBetween(500L, 563L);
    assertThat(all.percentileMicros(1)).isBetween(1000L, 1125L);
    assertThat(all.percentileMicros(0)).isEqualTo(1);
  }

  @Test
  void powersOfTwoAreExactBounds() {
    TimeHistogram histogram = new TimeHistogram();
    histogram.record(0);
    histogram.record(63);
    histogram.record(64);
    histogram.record(1023);
    histogram.record(1024);
    TimeHistogram.Snapshot all = histogram.snapshot();
    assertThat(all.countBelowPowerOfTwo(0)).isEqualTo(1);
    assertThat(all.countBelowPowerOfTwo(6)).isEqualTo(2);
    assertThat(all.countBelowPowerOfTwo(10)).isEqualTo(4);
    assertThat(all.countBelowPowerOfTwo(32)).isEqualTo(5);
  }

  @Test
  void valuesOutsideTheRangeCountAtItsEnds() {
    TimeHistogram histogram = new TimeHistogram();
    histogram.record(-5);
    histogram.record(Long.MAX_VALUE);
    TimeHistogram.Snapshot all = histogram.snapshot();
    assertThat(all.count()).isEqualTo(2);
    assertThat(all.sumMicros()).isEqualTo(TimeHistogram.MAX_MICROS);
    assertThat(all.percentileMicros(0.5)).isZero();
    assertThat(all.percentileMicros(1)).isEqualTo(TimeHistogram.MAX_MICROS);
  }

  @Test
  void anEmptyOneIsZeroEverywhere() {
    TimeHistogram.Snapshot none = new TimeHistogram().snapshot();
    assertThat(none.count()).isZero();
    assertThat(none.percentileMicros(0.99)).isZero();
    assertThat(none.countBelowPowerOfTwo(32)).isZero();
  }

  @Test
  void snapshotsAddUp() {
    TimeHistogram one = new TimeHistogram();
    TimeHistogram two = new TimeHistogram();
    one.record(5);
    two.record(5);
    two.record(700);
    TimeHistogram.Snapshot both = one.snapshot().plus(two.snapshot());
    assertThat(both.count()).isEqualTo(3);
    assertThat(both.sumMicros()).isEqualTo(710);
    assertThat(both.countBelowPowerOfTwo(3)).isEqualTo(2);
  }

  @Test
  void recordingAllocatesNothingAfterTheFirstValue() {
    TimeHistogram histogram = new TimeHistogram();
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().threadId();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; i < 20_000; i++) {
      histogram.record(random.nextLong(1L << 33));
    }
    threads.getThreadAllocatedBytes(id);
    long before = threads.getThreadAllocatedBytes(id);
    for (int i = 0; i < 100_000; i++) {
      histogram.record(random.nextLong(1L << 33));
    }
    long allocated = threads.getThreadAllocatedBytes(id) - before;
    assertThat(allocated).isLessThan(16_384); // a byte per call would be 100,000
  }
}
