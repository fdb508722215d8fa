package dev.weir.pg.message;

import dev.weir.pg.WireBytes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static dev.weir.pg.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ErrorResponseTest {
  @Test
  void anyFieldMayBeMissing() {
    ErrorResponse error = WireBytes.decode(bytes("'Dx' 00 00"), ErrorResponse::decode);
    assertThat(error.severity()).isNull();
    assertThat(error.sqlState()).isNull();
    assertThat(error.message()).isNull();
    assertThat(error.fields()).containsExactly(Map.entry('D', "x"));
  }

  @Test
  void keepsFieldsInTheOrderSent() {
    ErrorResponse error = WireBytes.decode(
        bytes("'SERROR' 00 'VERROR' 00 'C42P01' 00 'Mno table' 00 'P15' 00 fe '?' 00 00"),
        ErrorResponse::decode);
    assertThat(error.fields().sequencedKeySet())
        .containsExactly('S', 'V', 'C', 'M', 'P', '\u00fe');
    assertThat(error.severity()).isEqualTo("ERROR");
    assertThat(error.sqlState()).isEqualTo("42P01");
    assertThat(error.message()).isEqualTo("no table");
    assertThat(WireBytes.encode(error::encode)).isEqualTo(bytes("'E' 0000002b"
        + "'SERROR' 00 'VERROR' 00 'C42P01' 00 'Mno table' 00 'P15' 00 fe '?' 00 00"));
  }

  @Test
  void refusesMoreFieldsThanThereCanBe() {
    byte[] body = bytes("'D' 00".repeat(ErrorField.MAX_FIELDS + 1) + "00");
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> WireBytes.decode(body, ErrorResponse::decode));
  }

  @Test
  void cutsEndlessTextsBetweenCharacters() {
    String text = "x" + "é".repeat(ErrorField.MAX_TEXT);
    byte[] body = WireBytes.encode(out -> {
      out.writeByte('M');
      Wire.writeCString(out, text);
      out.writeByte('C');
      Wire.writeCString(out, "XX000");
      out.writeByte(0);
    });
    ErrorResponse error = WireBytes.decode(body, ErrorResponse::decode);
    assertThat(error.message()).isEqualTo(text.substring(0, ErrorField.MAX_TEXT / 2));
    assertThat(error.sqlState()).isEqualTo("XX000");
  }

  @Test
  void willNotWriteAFieldWithoutALetter() {
    LinkedHashMap<Character, String> fields = new LinkedHashMap<>(Map.of('\0', "x"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WireBytes.encode(new ErrorResponse(fields)::encode));
  }
}
