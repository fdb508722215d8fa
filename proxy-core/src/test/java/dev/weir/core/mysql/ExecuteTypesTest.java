package dev.weir.core.mysql;

import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ExecuteTypesTest {
  private static final long NAMED = Capabilities.QUERY_ATTRIBUTES;

  /** A packet of this payload with its header, behind some other byte. */
  private static ByteBuf packet(String payload) {
    byte[] bytes = HexFormat.of().parseHex(payload.replace(" ", ""));
    ByteBuf packet = Unpooled.buffer();
    packet.writeByte(9).readByte();
    return packet.writeMediumLE(bytes.length).writeByte(0).writeBytes(bytes);
  }

  private static ExecuteTypes find(ByteBuf in, Command command, int parameters, long agreed) {
    ExecuteTypes types = new ExecuteTypes();
    types.find(in, command, parameters, agreed);
    return types;
  }

  @Test
  void typesOfAnExecution() {
    ByteBuf in = packet("17 01000000 00 01000000 00 01 0300 fd00 2a000000 0161");
    ExecuteTypes types = find(in, Command.STMT_EXECUTE, 2, 0);
    assertThat(types.count()).isEqualTo(2);
    assertThat(types.given(in)).isTrue();
    assertThat(types.read(in)).isEqualTo(new byte[]{3, 0, (byte) 0xfd, 0});
  }

  @Test
  void typesWithNamesOfAnExecutionWithAttributes() {
    ByteBuf in = packet("17 01000000 08 01000000 02 00 01 0300 00 fe00 01 6e 2a000000 0161");
    ExecuteTypes types = find(in, Command.STMT_EXECUTE, 1, NAMED);
    assertThat(types.count()).isEqualTo(2);
    assertThat(types.read(in)).isEqualTo(new byte[]{3, 0, 0, (byte) 0xfe, 0, 1, 'n'});
  }

  @Test
  void anExecutionWithoutParametersHasNone() {
    assertThat(find(packet("17 01000000 00 01000000"), Command.STMT_EXECUTE, 0, 0).count())
        .isZero();
    assertThat(find(packet("17 01000000 08 01000000 00"), Command.STMT_EXECUTE, 0, NAMED).count())
        .isZero();
  }

  @Test
  void typesOfABulkExecution() {
    ByteBuf in = packet("fa 01000000 8000 0300 00 2a000000 01");
    ExecuteTypes types = find(in, Command.STMT_BULK_EXECUTE, 1, NAMED);
    assertThat(types.given(in)).isTrue();
    assertThat(types.read(in)).isEqualTo(new byte[]{3, 0});
  }

  @ParameterizedTest
  @CsvSource({
    "STMT_EXECUTE, 17 01000000 00 01000000 00 00 2a000000, 0300, 17 01000000 00 01000000 00 01 0300 2a000000",
    "STMT_BULK_EXECUTE, fa 01000000 4000 00 2a000000, 0300, fa 01000000 c000 0300 00 2a000000"})
  void typesArePutIn(Command command, String before, String types, String after) {
    ByteBuf in = packet(before);
    ExecuteTypes at = find(in, command, 1, 0);
    assertThat(at.given(in)).isFalse();
    ByteBuf out = Unpooled.buffer();
    at.copyWith(HexFormat.of().parseHex(types), in, out);
    assertThat(ByteBufUtil.hexDump(out)).isEqualTo(ByteBufUtil.hexDump(packet(after)));
  }

  @ParameterizedTest
  @CsvSource({"STMT_EXECUTE, 17 01000000 00 010000, 1", "STMT_EXECUTE, 17 01000000 00 01000000, 1",
    "STMT_EXECUTE, 17 01000000 00 01000000 00, 1",
    "STMT_EXECUTE, 17 01000000 00 01000000 00 01 0300, 2",
    "STMT_EXECUTE, 17 01000000 08 01000000 01 00 01 0300, 1",
    "STMT_EXECUTE, 17 01000000 08 01000000 01 00 01 0300 05 61, 1",
    "STMT_EXECUTE, 17 01000000 08 01000000 01 00 01 0300 fe ffffffffffffffff 61, 1",
    "STMT_EXECUTE, 17 01000000 08 01000000 00 00 01, 1",
    "STMT_EXECUTE, 17 01000000 08 01000000 fe ffffffffffffffff 00, 1",
    "STMT_EXECUTE, 17 01000000 08 01000000, 1", "STMT_BULK_EXECUTE, fa 01000000 80, 1",
    "STMT_BULK_EXECUTE, fa 01000000 8000 03, 1"})
  void whatIsCutIsRefused(Command command, String payload, int parameters) {
    ByteBuf in = packet(payload);
    assertThatExceptionOfType(MalformedPacketException.class).isThrownBy(() -> {
      ExecuteTypes types = find(in, command, parameters, NAMED);
      if (types.given(in)) {
        types.read(in);
      }
    });
  }
}
