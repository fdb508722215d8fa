package dev.weir.pg.message;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.pg.WireBytes;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import static org.assertj.core.api.Assertions.assertThat;

/** Packets of the startup phase, after their length. {@code JAZZER_FUZZ=1} fuzzes. */
class StartupFuzzTest {
  private static final List<Function<ByteBuf, ? extends FrontendMessage>> DECODERS = List.of(
      StartupMessage::decode, CancelRequest::decode, SslRequest::decode,
      GssEncRequest::decode);

  @FuzzTest(maxDuration = "60s")
  void decodesOrRefuses(byte[] body) {
    for (Function<ByteBuf, ? extends FrontendMessage> decoder : DECODERS) {
      FrontendMessage message = WireBytes.decodeOrNull(body, decoder);
      if (message != null) {
        byte[] wire = WireBytes.encode(message::encode);
        assertThat(WireBytes.decode(Arrays.copyOfRange(wire, 4, wire.length), decoder))
            .isEqualTo(message);
      }
    }
  }
}
