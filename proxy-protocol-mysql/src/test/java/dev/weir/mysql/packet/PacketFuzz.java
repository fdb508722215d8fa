package dev.weir.mysql.packet;

import dev.weir.mysql.WireBytes;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

import static org.assertj.core.api.Assertions.assertThat;

/** What both directions' fuzz tests do: the first byte picks a decoder and the capabilities. */
final class PacketFuzz {
  private static final long[] CAPABILITIES = {
    Capabilities.PROTOCOL_41 | Capabilities.MYSQL,
    Capabilities.PROTOCOL_41 | Capabilities.MYSQL | Capabilities.SECURE_CONNECTION
        | Capabilities.PLUGIN_AUTH | Capabilities.CONNECT_ATTRS | Capabilities.SESSION_TRACK,
    Capabilities.BASE, ~Capabilities.MYSQL};

  private PacketFuzz() {}

  /** Decodes, and whatever decodes must survive being written and read again. */
  static <T extends Packet> void run(byte[] input,
      List<BiFunction<ByteBuf, Long, ? extends T>> decoders) {
    if (input.length == 0) {
      return;
    }
    long capabilities = CAPABILITIES[input[0] >> 6 & 3];
    BiFunction<ByteBuf, Long, ? extends T> decoder = decoders
        .get((input[0] & 0x3f) % decoders.size());
    byte[] payload = Arrays.copyOfRange(input, 1, input.length);
    T packet = WireBytes.<T>decodeOrNull(payload, in -> decoder.apply(in, capabilities));
    if (packet != null) {
      byte[] again = WireBytes.encode(out -> packet.encode(out, capabilities));
      assertThat(WireBytes.<T>decode(again, in -> decoder.apply(in, capabilities)))
          .isEqualTo(packet);
    }
  }
}
