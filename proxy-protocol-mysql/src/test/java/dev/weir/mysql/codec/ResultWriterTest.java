package dev.weir.mysql.codec;

import dev.weir.mysql.WireBytes;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Collation;
import dev.weir.mysql.packet.ColumnDefinition41;
import dev.weir.mysql.packet.FieldType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

import static dev.weir.mysql.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ResultWriterTest {
  private static final List<ColumnDefinition41> COLUMNS = List.of(
      ColumnDefinition41.text("v", Collation.UTF8MB4_GENERAL_CI, 80),
      ColumnDefinition41.number("n"));
  private static final String DEFINITIONS = "17 0000 02 03 'def' 00 00 00 01 'v' 00 0c 2d00"
      + "50000000 fd 0000 1f 0000 17 0000 03 03 'def' 00 00 00 01 'n' 00 0c 3f00 15000000 08 8100 00"
      + "0000";

  @Test
  void textWithEofs() {
    assertThat(WireBytes.encode(out -> ResultWriter.text(out, 1, 0).columns(COLUMNS, 2)
        .row(List.of("a", "7")).row(Arrays.asList(null, "8")).end(2, 1)))
        .isEqualTo(bytes("010000 01 02" + DEFINITIONS + "050000 04 fe 0000 0200"
            + "040000 05 01 'a' 01 '7'" + "030000 06 fb 01 '8'" + "050000 07 fe 0100 0200"));
  }

  @Test
  void textWithoutEofs() {
    assertThat(WireBytes.encode(out -> assertThat(
        ResultWriter.text(out, 1, Capabilities.DEPRECATE_EOF | Capabilities.SESSION_TRACK)
            .columns(COLUMNS, 2).row(List.of("a", "7")).end(2, 0))
        .isEqualTo(6)))
        .isEqualTo(bytes("010000 01 02" + DEFINITIONS + "040000 04 01 'a' 01 '7'"
            + "070000 05 fe 00 00 0200 0000"));
  }

  @Test
  void binaryRows() {
    assertThat(WireBytes.encode(out -> ResultWriter.binary(out, 1, Capabilities.DEPRECATE_EOF)
        .columns(COLUMNS, 2).row(List.of("a", "-2")).row(Arrays.asList(null, "8")).end(2, 0)))
        .isEqualTo(bytes("010000 01 02" + DEFINITIONS
            + "0c0000 04 00 00 01 'a' feffffffffffffff" + "0a0000 05 00 04 0800000000000000"
            + "070000 06 fe 00 00 0200 0000"));
  }

  @Test
  void aRowHasAValueForEachColumn() {
    assertThatIllegalArgumentException().isThrownBy(() -> WireBytes
        .encode(out -> ResultWriter.text(out, 1, 0).columns(COLUMNS, 2).row(List.of("a"))));
  }

  @Test
  void otherNumbersAreBinaryToo() {
    assertThat(WireBytes.encode(out -> ResultWriter.binary(out, 1, Capabilities.DEPRECATE_EOF)
        .columns(List.of(ColumnDefinition41.of("d", 63, 22, FieldType.DOUBLE, 128, 31),
            ColumnDefinition41.of("i", 63, 11, FieldType.LONG, 128 | 32, 0)), 2)
        .row(List.of("1.5", "4294967295"))))
        .endsWith(bytes("0e0000 04 00 00 000000000000f83f ffffffff"));
  }
}
