package dev.weir.core.mysql;

import com.sun.management.ThreadMXBean;
import dev.weir.core.sql.Digest;
import dev.weir.core.sql.DigestOptions;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DigestStatisticsTest {
  private static final int KEPT = 20_000;

  private final DigestStatistics statistics = new DigestStatistics();

  private static Digest digest(String sql) {
    return Digest.of(sql.getBytes(StandardCharsets.UTF_8), DigestOptions.DEFAULTS);
  }

  private void count(int hostgroup, String schema, String user, Digest digest) {
    statistics.count(hostgroup, schema, user, "", digest, 10, 0, 1);
  }

  @Test
  void countsTheSameStatementInOneRow() {
    count(0, "app", "ann", digest("SELECT 1"));
    count(0, "app", "ann", digest("SELECT 2"));

    List<DigestStatistics.Row> rows = statistics.snapshot(false);
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().count).isEqualTo(2);
    assertThat(rows.getFirst().sumMicros).isEqualTo(20);
  }

  @Test
  void tellsHostgroupSchemaUserAddressAndDigestApart() {
    Digest one = digest("SELECT 1");
    count(0, "app", "ann", one);
    count(1, "app", "ann", one);
    count(0, "shop", "ann", one);
    count(0, "app", "bob", one);
    count(0, "app", "ann", digest("SELECT 1, 2 FROM t"));
    statistics.count(0, "app", "ann", "10.0.0.7", one, 10, 0, 1);

    assertThat(statistics.snapshot(true)).hasSize(6).allMatch(row -> row.count == 1);
    assertThat(statistics.snapshot(false)).isEmpty();
  }

  @Test
  void putsWhatDoesNotFitIntoOneRow() {
    Digest one = digest("SELECT 1");
    for (int i = 0; i < KEPT + 2; i++) {
      count(i, "app", "ann", one);
    }

    List<DigestStatistics.Row> rows = statistics.snapshot(false);
    assertThat(rows).hasSize(KEPT + 1);
    assertThat(rows.getFirst().hostgroup).isEqualTo(2); // the oldest two went
    assertThat(rows.getLast().count).isEqualTo(2);
  }

  @Test
  void allocatesNothingForAStatementThatIsKnown() {
    Digest one = digest("SELECT 1");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 1000; i++) {
      count(0, "app", "ann", one);
    }
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      count(0, "app", "ann", one);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
  }
}
