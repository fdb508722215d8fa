package dev.weir.pg.codec;

import dev.weir.pg.WireBytes;
import dev.weir.pg.message.MalformedMessageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.weir.pg.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FramingTest {
  @ParameterizedTest
  @CsvSource({"5100000004, 5", "5100000064, 101", "517ffffffe, 2147483647"})
  void countsTheTag(String header, int total) {
    assertThat(length(header, Integer.MAX_VALUE)).isEqualTo(total);
  }

  @Test
  void refusesWhatTheLimitDoesNotAllow() {
    assertThat(length("5100000064", 100)).isEqualTo(101);
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> length("5100000065", 100));
  }

  @ParameterizedTest
  @CsvSource({"5100000003", "5100000000", "51ffffffff", "5180000000", "517fffffff"})
  void refusesImpossibleLengths(String header) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> length(header, Integer.MAX_VALUE))
        .withMessage("bad packet header: '" + header + "'");
  }

  @Test
  void showsNoMoreThanEightBytesOfABadHeader() {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> length("5100000000 0102030405060708", 100))
        .withMessage("bad packet header: '5100000000010203'");
  }

  @Test
  void readsStartupPackets() {
    assertThat(startupLength("00000008 04d2162f")).isEqualTo(8);
    assertThat(startupLength("00002710 00030000")).isEqualTo(Framing.MAX_STARTUP);
  }

  @ParameterizedTest
  @CsvSource({"0000000704d2162f", "0000000004d2162f", "ffffffff04d2162f", "8000000004d2162f",
    "0000271104d2162f", "7fffffff04d2162f"})
  void refusesImpossibleStartupLengths(String header) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> startupLength(header));
  }

  private static int length(String header, int maxLength) {
    return WireBytes.decode(bytes(header), in -> Framing.messageLength(in, 0, maxLength));
  }

  private static int startupLength(String header) {
    return WireBytes.decode(bytes(header), in -> Framing.startupLength(in, 0, Framing.MAX_STARTUP));
  }
}
