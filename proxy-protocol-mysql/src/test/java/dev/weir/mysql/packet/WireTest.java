package dev.weir.mysql.packet;

import dev.weir.mysql.WireBytes;
import io.netty.buffer.ByteBuf;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.mysql.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WireTest {
  @ParameterizedTest
  @CsvSource({"00, 0", "fa, 250", "fcfb00, 251", "fcffff, 65535", "fd000001, 65536",
    "fdffffff, 16777215", "fe0000000100000000, 16777216", "feffffffffffffffff, -1"})
  void lengthEncodedIntegersAreReadAndWritten(String notation, long value) {
    assertThat(WireTest.<Long>read(notation, in -> Wire.readLenenc(in, "x"))).isEqualTo(value);
    assertThat(WireTest.<Long>read(notation, in -> Wire.getLenenc(in, 0, in.writerIndex(), "x")))
        .isEqualTo(value);
    assertThat(WireBytes.encode(out -> Wire.writeLenenc(out, value))).isEqualTo(bytes(notation));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fb", "ff", "fc", "fc00", "fd0000", "fe00000000000000"})
  void cutIntegersAndThoseThatAreNoneAreRefused(String notation) {
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> read(notation, in -> Wire.readLenenc(in, "x")));
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> read(notation, in -> Wire.getLenenc(in, 0, in.writerIndex(), "x")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"01", "05 'four'", "fcffff 'x'", "feffffffffffffffff 'x'",
    "feffffffffffffff7f 'x'", "fe00000000010000 80 'x'", "fb"})
  void aTextLongerThanItsPacketIsRefused(String notation) {
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> read(notation, in -> Wire.readLenencText(in, "x")))
        .withMessageStartingWith("x ");
  }

  @Test
  void bytesThatAreNotUtf8Survive() {
    byte[] latin1 = bytes("04 'caf' e9");
    String text = WireBytes.decode(latin1, in -> Wire.readLenencText(in, "x"));
    assertThat(text).isEqualTo("caf\udce9");
    assertThat(WireBytes.encode(out -> Wire.writeLenencText(out, text))).isEqualTo(latin1);
    assertThat(ByteString.of(text).text()).isEqualTo(text);
  }

  @Test
  void aZeroInsideATextIsNotWritten() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WireBytes.encode(out -> Wire.writeNulText(out, "a\0b")));
  }

  @Test
  void theFirstByteTellsTheSize() {
    assertThat(new int[]{Wire.lenencSize((byte) 0), Wire.lenencSize((byte) 0xfb),
      Wire.lenencSize((byte) 0xfc), Wire.lenencSize((byte) 0xfd), Wire.lenencSize((byte) 0xfe)})
        .containsExactly(1, 1, 3, 4, 9);
  }

  @Test
  void aByteStringIsNeverPrinted() {
    assertThat(ByteString.of("secret")).hasToString("6 bytes").isNotEqualTo(ByteString.EMPTY);
  }

  private static <T> T read(String notation, Function<ByteBuf, T> read) {
    ByteBuf in = WireBytes.buffer(bytes(notation));
    try {
      return read.apply(in);
    } finally {
      in.release();
    }
  }
}
