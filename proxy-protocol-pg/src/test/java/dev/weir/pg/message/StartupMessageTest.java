package dev.weir.pg.message;

import dev.weir.pg.WireBytes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.pg.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class StartupMessageTest {
  @ParameterizedTest
  @ValueSource(strings = {"00030000", // nothing
    "00030000 'user'", // no terminator at all
    "00030000 'user' 00 'joe' 00", // the list does not end
    "00030000 'user' 00 'joe' 00 'x'", // last byte is no terminator
    "00030000 'user' 00 00", // key without value
    "00030000 'user' 00", "00030000 'user' 00 'joe' 00 'database' 00 00",
    "00030000 'user' 00 'joe' 00 00 00", // bytes behind the terminator
    "00030000 00 'user' 00 'joe' 00 00"})
  void refusesABrokenLayout(String packet) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> WireBytes.decode(bytes(packet), StartupMessage::decode))
        .withMessage("invalid startup packet layout: expected terminator as last byte");
  }

  @Test
  void keepsEmptyValuesAndTheOrderSent() {
    StartupMessage startup = WireBytes.decode(
        bytes("00030001 'user' 00 'z' 00 'options' 00 00 'a' 00 'b' 00 00"),
        StartupMessage::decode);
    assertThat(startup.parameters()).containsExactly(Map.entry("user", "z"),
        Map.entry("options", ""), Map.entry("a", "b"));
    assertThat(startup.minor()).isEqualTo(1);
    assertThat(startup.parameter("user")).isEqualTo("z");
    assertThat(startup.parameter("database")).isNull();
  }

  @Test
  void theLastOfTwoValuesCounts() {
    StartupMessage startup = WireBytes.decode(
        bytes("00030000 'user' 00 'a' 00 'user' 00 'b' 00 00"), StartupMessage::decode);
    assertThat(startup.parameter("user")).isEqualTo("b");
  }

  @Test
  void willNotWriteAParameterWithoutAName() {
    LinkedHashMap<String, String> parameters = new LinkedHashMap<>(Map.of("", "x"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WireBytes.encode(StartupMessage.of(parameters)::encode));
  }
}
