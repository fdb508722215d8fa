package dev.weir.mysql.packet;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.mysql.WireBytes;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.BiFunction;

/** Payloads of servers. {@code JAZZER_FUZZ=1} fuzzes. */
class ServerPacketFuzzTest {
  private static final List<BiFunction<ByteBuf, Long, ? extends ServerPacket>> DECODERS = List.of(
      (in, c) -> HandshakeV10.decode(in), (in, c) -> AuthSwitchRequest.decode(in),
      (in, c) -> AuthMoreData.decode(in), Ok::decode, (in, c) -> Err.decode(in),
      (in, c) -> Progress.decode(in), (in, c) -> Eof.decode(in), ColumnCount::decode,
      ColumnDefinition41::decode, (in, c) -> StmtPrepareOk.decode(in),
      (in, c) -> LocalInfileRequest.decode(in));

  @FuzzTest(maxDuration = "60s")
  void decodesOrRefuses(byte[] input) {
    PacketFuzz.run(input, DECODERS);
  }

  @FuzzTest(maxDuration = "60s")
  void readsChangesOrRefuses(byte[] input) {
    WireBytes.<List<SessionChange>>decodeOrNull(input,
        in -> SessionChange.decodeAll(ByteString.of(Wire.readRest(in))));
  }
}
