package dev.weir.mysql;

import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Bytes as tests write them down: hexadecimal, with ASCII between quotes: {@code "0e 'root' 00"}. */
public final class WireBytes {
  private WireBytes() {}

  public static byte[] bytes(String notation) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean quoted = false;
    for (String part : notation.split("'", -1)) {
      out.writeBytes(quoted
          ? part.getBytes(StandardCharsets.US_ASCII)
          : HexFormat.of().parseHex(part.replaceAll("\\s", "")));
      quoted = !quoted;
    }
    return out.toByteArray();
  }

  /** A leak-checked buffer holding {@code bytes}; the caller releases it. */
  public static ByteBuf buffer(byte[] bytes) {
    return ByteBufAllocator.DEFAULT.buffer(Math.max(1, bytes.length)).writeBytes(bytes);
  }

  /** Decodes {@code bytes} from a buffer that does not start at index 0 and goes on behind them. */
  public static <T extends @Nullable Object> T decode(byte[] bytes, Function<ByteBuf, T> decoder) {
    ByteBuf whole = buffer(bytes("ffffff"));
    try {
      whole.writeBytes(bytes).writeBytes(bytes("ffff"));
      return decoder.apply(whole.slice(3, bytes.length));
    } finally {
      whole.release();
    }
  }

  public static byte[] encode(Consumer<ByteBuf> encoder) {
    ByteBuf out = ByteBufAllocator.DEFAULT.buffer();
    try {
      encoder.accept(out);
      byte[] bytes = new byte[out.readableBytes()];
      out.readBytes(bytes);
      return bytes;
    } finally {
      out.release();
    }
  }

  /** For fuzz tests: any other end than a result or a MalformedPacketException is a bug. */
  public static <T> @Nullable T decodeOrNull(byte[] bytes, Function<ByteBuf, T> decoder) {
    try {
      return decode(bytes, decoder);
    } catch (MalformedPacketException refused) {
      return null;
    }
  }

  /** The first {@code length} of {@code bytes}. */
  public static byte[] cut(byte[] bytes, int length) {
    return Arrays.copyOf(bytes, length);
  }
}
