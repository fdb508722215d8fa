package dev.weir.core.net;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.core.net.ProxyHeader.MalformedProxyHeaderException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import static org.assertj.core.api.Assertions.assertThat;

/** What may stand at the beginning of a connection. {@code JAZZER_FUZZ=1} fuzzes. */
class ProxyHeaderFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void isReadOrWaitedForOrRefused(byte[] input) {
    ByteBuf in = Unpooled.wrappedBuffer(input);
    try {
      ProxyHeader header = ProxyHeader.read(in);
      assertThat(in.readerIndex() > 0).isEqualTo(header != null);
      assertThat(header != null || input.length < ProxyHeader.MAX_LENGTH).isTrue();
    } catch (MalformedProxyHeaderException refused) {
      assertThat(in.readerIndex()).isZero();
    }
  }
}
