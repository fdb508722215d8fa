package dev.weir.core.config;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class NetworksTest {
  private static Networks networks(String text) {
    return Objects.requireNonNull(Networks.parse(text));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      10.0.0.0/8 | 10.255.1.2 | true
      10.0.0.0/8 | 11.0.0.1 | false
      10.1.2.3/8 | 10.9.9.9 | true
      192.168.0.0/16, 127.0.0.1 | 127.0.0.1 | true
      192.168.0.0/16, 127.0.0.1 | 127.0.0.2 | false
      0.0.0.0/0 | 8.8.8.8 | true
      0.0.0.0/0 | ::1 | false
      2001:db8::/32 | 2001:db8:1::5 | true
      2001:db8::/32 | 2001:db9::5 | false
      ::1 | ::1 | true
      * | anything | true
      10.0.0.0/8 | unix | false
      '' | 10.0.0.1 | false
      """)
  void contains(String text, String address, boolean expected) {
    assertThat(networks(text).contains(address)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "::/129", "10.0.0/8", "host", "10.0.0.1,", ",",
    "10.0.0.0/",
    "10.0.0.0/8/8", "10.0.0.0/-1", "10.0.0.0/+8", "*.1", "10.0.0.0/255.0.0.0"})
  void refusesWhatIsNoNetwork(String text) {
    assertThat(Networks.parse(text)).isNull();
  }

  @Test
  void anEmptyListIsEmpty() {
    assertThat(networks("").isEmpty()).isTrue();
    assertThat(networks("*").isEmpty()).isFalse();
    assertThat(networks("10.0.0.1").isEmpty()).isFalse();
  }
}
