package dev.weir.mysql.packet;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.mysql.WireBytes;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.BiFunction;

import static org.assertj.core.api.Assertions.assertThat;

/** Payloads of clients. {@code JAZZER_FUZZ=1} fuzzes. */
class ClientPacketFuzzTest {
  private static final List<BiFunction<ByteBuf, Long, ? extends ClientPacket>> DECODERS = List.of(
      (in, c) -> HandshakeResponse41.decode(in), (in, c) -> SslRequest.decode(in),
      (in, c) -> AuthResponse.decode(in), (in, c) -> ComSimple.decode(in),
      (in, c) -> ComInitDb.decode(in), ComQuery::decode, (in, c) -> ComFieldList.decode(in),
      (in, c) -> ComProcessKill.decode(in), (in, c) -> ComSetOption.decode(in),
      ComChangeUser::decode, (in, c) -> ComStmtPrepare.decode(in),
      (in, c) -> ComStmtExecute.decode(in, 0, c), (in, c) -> ComStmtExecute.decode(in, 3, c),
      (in, c) -> ComStmtSendLongData.decode(in), (in, c) -> ComStmtClose.decode(in),
      (in, c) -> ComStmtReset.decode(in), (in, c) -> ComStmtFetch.decode(in),
      (in, c) -> ComStmtBulkExecute.decode(in, 2));

  @FuzzTest(maxDuration = "60s")
  void decodesOrRefuses(byte[] input) {
    PacketFuzz.run(input, DECODERS);
  }

  @FuzzTest(maxDuration = "60s")
  void findsTheTextWhereTheDecoderDoes(byte[] payload) {
    long capabilities = Capabilities.QUERY_ATTRIBUTES;
    ComQuery query = WireBytes.<ComQuery>decodeOrNull(payload,
        in -> ComQuery.decode(in, capabilities));
    Integer start = WireBytes.<Integer>decodeOrNull(payload,
        in -> ComQuery.textStart(in, 0, in.writerIndex(), capabilities));
    if (query != null) {
      assertThat(start).isEqualTo(payload.length - query.sql().length());
    }
  }
}
