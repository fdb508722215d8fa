package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 that loses nothing. MySQL texts are in the character set of the session, which need not be UTF-8,
 * and a proxy must hand them on byte for byte: two names that differ must stay different, an error
 * text in latin1 must arrive as it left. A byte that is not part of valid UTF-8 becomes the lone
 * surrogate {@code U+DC00 + byte} and is written back as that byte (Python's surrogateescape).
 */
public final class WireText {
  private static final char ESCAPE = '\uDC00';
  private static final char FIRST_ESCAPED = '\uDC80';
  private static final char LAST_ESCAPED = '\uDCFF';

  private WireText() {}

  /** The text of {@code bytes}. */
  public static String decode(byte[] bytes) {
    return decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
  }

  /** The bytes of {@code text}; the inverse of {@link #decode(byte[])}. */
  public static byte[] encode(String text) {
    if (!hasEscapes(text)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteBuf out = Unpooled.buffer(text.length() * 3);
    writeEscaped(out, text);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  static String decode(ByteBuf in, int at, int length) {
    String text = in.toString(at, length, StandardCharsets.UTF_8);
    // U+FFFD is what the decoder puts for a bad byte, but it may also have been sent
    return text.indexOf('\uFFFD') < 0 ? text : decodeEscaping(in.nioBuffer(at, length));
  }

  private static String decodeEscaping(ByteBuffer in) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer out = CharBuffer.allocate(in.remaining()); // never more chars than bytes
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      for (int i = result.length(); i > 0; i--) {
        out.put((char) (ESCAPE + (in.get() & 0xff)));
      }
      decoder.reset();
    }
  }

  static void write(ByteBuf out, String text) {
    if (hasEscapes(text)) {
      writeEscaped(out, text);
    } else {
      out.writeCharSequence(text, StandardCharsets.UTF_8);
    }
  }

  private static boolean hasEscapes(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isEscape(text, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isEscape(String text, int at) {
    char c = text.charAt(at);
    return c >= FIRST_ESCAPED && c <= LAST_ESCAPED
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }

  private static void writeEscaped(ByteBuf out, String text) {
    int from = 0;
    for (int at = 0; at < text.length(); at++) {
      if (isEscape(text, at)) {
        out.writeCharSequence(text.substring(from, at), StandardCharsets.UTF_8);
        out.writeByte(text.charAt(at) - ESCAPE);
        from = at + 1;
      }
    }
    out.writeCharSequence(text.substring(from), StandardCharsets.UTF_8);
  }
}
