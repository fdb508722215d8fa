package dev.weir.mysql.packet;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CollationTest {
  @Test
  void idsAndNamesOfBothServersAreKnown() {
    assertThat(Collation.of(45)).isEqualTo(Collation.of("utf8mb4_general_ci"))
        .isEqualTo(new Collation(45, "utf8mb4_general_ci", "utf8mb4"));
    assertThat(Collation.of(255)).isEqualTo(Collation.of("UTF8MB4_0900_AI_CI"));
    assertThat(Collation.of(309)).isEqualTo(Collation.of("utf8mb4_0900_bin"));
    assertThat(Collation.of(2304)).isEqualTo(Collation.of("utf8mb4_uca1400_ai_ci"));
    assertThat(Collation.of(1216)).isNotNull();
    assertThat(Collation.of(0)).isNull();
    assertThat(Collation.of(9999)).isNull();
    assertThat(Collation.of("nonsense")).isNull();
  }

  @Test
  void theOldNameOfUtf8Goes() {
    assertThat(Collation.of("utf8_general_ci")).isEqualTo(Collation.of(33));
    assertThat(Collation.defaultOf("utf8", true)).isEqualTo(Collation.of(33));
  }

  @Test
  void defaultsDependOnTheServer() {
    assertThat(Collation.defaultOf("utf8mb4", false)).isEqualTo(Collation.of(255));
    assertThat(Collation.defaultOf("UTF8MB4", true)).isEqualTo(Collation.of(45));
    assertThat(Collation.defaultOf("latin1", false)).isEqualTo(Collation.of(8));
    assertThat(Collation.defaultOf("binary", true)).isEqualTo(Collation.of(63));
    assertThat(Collation.defaultOf("klingon", true)).isNull();
  }
}
