package dev.weir.core.mysql;

import dev.weir.core.control.MysqlView.KnownCollation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CollationRowsTest {
  @Test
  void namesAreThoseOfTheOriginal() {
    assertThat(CollationRows.all()).contains(
        new KnownCollation(8, "latin1_swedish_ci", "latin1", true),
        new KnownCollation(33, "utf8_general_ci", "utf8", true),
        new KnownCollation(45, "utf8mb4_general_ci", "utf8mb4", false),
        new KnownCollation(255, "utf8mb4_0900_ai_ci", "utf8mb4", true),
        new KnownCollation(608, "utf8mb4_croatian_ci", "utf8mb4", false));
    assertThat(CollationRows.all()).noneMatch(row -> row.name().contains("utf8mb3"))
        .isSortedAccordingTo((a, b) -> Integer.compare(a.id(), b.id()));
  }
}
