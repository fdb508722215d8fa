package dev.weir.pg.message;

import dev.weir.pg.WireBytes;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import static org.assertj.core.api.Assertions.assertThat;

/** What both directions' fuzz tests do: the first byte is a tag, the rest a body. */
final class MessageFuzz {
  private MessageFuzz() {}

  /** A decoder and the tag of its messages. */
  record Decoder<T>(byte tag, Function<ByteBuf, ? extends T> decode) {}

  /** Decodes, and whatever decodes must survive being written and read again, to the byte. */
  static <T> void run(byte[] message, List<Decoder<T>> decoders,
      Function<T, Consumer<ByteBuf>> encoder) {
    if (message.length == 0) {
      return;
    }
    byte[] body = Arrays.copyOfRange(message, 1, message.length);
    for (Decoder<T> decoder : decoders) {
      if (decoder.tag == message[0]) {
        T decoded = WireBytes.<T>decodeOrNull(body, decoder.decode::apply);
        if (decoded != null) {
          check(body, decoded, decoder, encoder);
        }
      }
    }
  }

  private static <T> void check(byte[] body, T decoded, Decoder<T> decoder,
      Function<T, Consumer<ByteBuf>> encoder) {
    byte[] wire = WireBytes.encode(encoder.apply(decoded));
    byte[] again = Arrays.copyOfRange(wire, 5, wire.length);
    assertThat(wire[0]).isEqualTo(decoder.tag);
    assertThat(WireBytes.<T>decode(again, decoder.decode::apply)).isEqualTo(decoded);
    // these may drop something: a field sent twice, a text too long, data we cannot read
    boolean lossy = decoded instanceof ErrorResponse || decoded instanceof NoticeResponse
        || decoded instanceof Authentication.Unsupported;
    if (!lossy) {
      assertThat(again).isEqualTo(body);
    }
  }
}
