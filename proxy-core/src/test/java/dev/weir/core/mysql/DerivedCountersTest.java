package dev.weir.core.mysql;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DerivedCountersTest {
  @Test
  void withoutAMonitorNothingWasChecked() {
    Map<String, Long> all = new LinkedHashMap<>();
    DerivedCounters.checks(all, null);

    assertThat(all).hasSize(8).containsEntry("MySQL_Monitor_ping_check_OK", 0L);
    assertThat(all.values()).containsOnly(0L);
  }

  @Test
  void memoryIsWhatTheProcessHas() {
    Map<String, Long> all = new LinkedHashMap<>();
    ProcessMemory.addTo(all);

    assertThat(all).containsOnlyKeys("jemalloc_resident", "jemalloc_active",
        "jemalloc_allocated", "jemalloc_mapped", "jemalloc_metadata", "jemalloc_retained");
    assertThat(all.values()).allMatch(value -> value >= 0);
    assertThat(all.get("jemalloc_active")).isGreaterThanOrEqualTo(all.get("jemalloc_allocated"));
  }
}
