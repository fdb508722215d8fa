package dev.weir.core.sql;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AnnotationsTest {
  private static Annotations read(String comment) {
    byte[] bytes = comment.getBytes(StandardCharsets.UTF_8);
    return Annotations.read(bytes, 0, bytes.length);
  }

  @Test
  void allKeys() {
    assertThat(read(" hostgroup=5; cache_ttl = 100;query_timeout=1;query_retries=2;query_delay=3;"
        + "mirror=4;max_lag_ms=600000;min_epoch_ms=1700000000000;"
        + "min_gtid=3E11FA47-71CA-11E1-9E33-C80AA9429562:23;create_new_connection=1 "))
        .isEqualTo(new Annotations(5, 100, 1, 2, 3, 4, 600_000, 1_700_000_000_000L,
            "3E11FA47-71CA-11E1-9E33-C80AA9429562:23", true));
  }

  @Test
  void aTransactionOfMariaDb() {
    assertThat(read("min_gtid=0-21-100").minGtid()).isEqualTo("0-21-100");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "just a comment", "a=b", "hostgroup=", "hostgroup=-1", "hostgroup=x",
    "hostgroup=99999999999", "hostgroup=99999999999999999999", "=5", ";;=;", "max_lag_ms=600001",
    "min_gtid=5", "min_gtid=0-1", "min_gtid=0-1-x", "min_gtid=a-1-2", "create_new_connection=0",
    "hostgroup =", "hostgroup=5x"})
  void whatIsNoWishIsAComment(String comment) {
    assertThat(read(comment)).isEqualTo(Annotations.NONE);
  }

  @Test
  void theLastOneWins() {
    assertThat(read("hostgroup=1;HOSTGROUP=2").hostgroup()).isEqualTo(2);
  }
}
