package dev.weir.core.net.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** The little DER (X.690) that wrapping a key and writing a certificate take. */
final class Der {
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;
  static final int INTEGER = 0x02;
  static final int BITS = 0x03;
  static final int OCTETS = 0x04;
  static final int OID = 0x06;
  static final int UTF8 = 0x0c;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;

  private Der() {}

  /** A tag, its length and its content, the parts one after the other. */
  static byte[] of(int tag, byte[]... parts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      body.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = body.size();
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >>> 8);
      out.write(length);
    }
    out.writeBytes(body.toByteArray());
    return out.toByteArray();
  }

  /**
   * Takes the next element off {@code in} and returns its content.
   *
   * @throws IllegalArgumentException when the element is cut or has another tag
   */
  static ByteBuffer take(ByteBuffer in, int tag) {
    if (in.remaining() < 2 || (in.get() & 0xff) != tag) {
      throw new IllegalArgumentException("malformed DER");
    }
    int length = in.get() & 0xff;
    if (length > 0x82 || length == 0x80 || (length > 0x7f && in.remaining() < (length & 0x7f))) {
      throw new IllegalArgumentException("malformed DER");
    }
    if (length == 0x81) {
      length = in.get() & 0xff;
    } else if (length == 0x82) {
      length = ((in.get() & 0xff) << 8) | (in.get() & 0xff);
    }
    if (length > in.remaining()) {
      throw new IllegalArgumentException("malformed DER");
    }
    ByteBuffer content = in.slice(in.position(), length);
    in.position(in.position() + length);
    return content;
  }

  static boolean nextIs(ByteBuffer in, int tag) {
    return in.hasRemaining() && (in.get(in.position()) & 0xff) == tag;
  }

  static byte[] bytes(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return bytes;
  }
}
