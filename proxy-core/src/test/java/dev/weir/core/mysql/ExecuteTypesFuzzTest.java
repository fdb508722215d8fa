package dev.weir.core.mysql;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

class ExecuteTypesFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void readsOrRefuses(byte[] payload) {
    ByteBuf in = Unpooled.buffer();
    in.writeMediumLE(payload.length).writeByte(0).writeBytes(payload);
    for (Command command : new Command[]{Command.STMT_EXECUTE, Command.STMT_BULK_EXECUTE}) {
      for (int parameters : new int[]{0, 1, 9, 0xffff}) {
        read(in, command, parameters, 0);
        read(in, command, parameters, Capabilities.QUERY_ATTRIBUTES);
      }
    }
    try {
      QueryText.from(in, Command.QUERY, Capabilities.QUERY_ATTRIBUTES);
    } catch (MalformedPacketException refused) {
      // as good
    }
  }

  private static void read(ByteBuf in, Command command, int parameters, long agreed) {
    ExecuteTypes types = new ExecuteTypes();
    try {
      types.find(in, command, parameters, agreed);
      if (types.count() > 0 && types.given(in)) {
        types.copyWith(types.read(in), in, Unpooled.buffer());
      }
    } catch (MalformedPacketException refused) {
      // as good
    }
  }
}
