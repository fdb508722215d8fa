package dev.weir.pg.auth;

import com.ongres.saslprep.SASLprep;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Passwords and user names as bytes. */
final class Password {
  private Password() {}

  /**
   * The bytes of {@code text} in UTF-8. A lone surrogate U+DC80 to U+DCFF stands for one byte that was
   * not UTF-8 where the text came from, and becomes that byte again.
   */
  static byte[] bytes(String text) {
    if (isWellFormed(text)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text.codePoints().forEach(c -> {
      if (c >= 0xDC80 && c <= 0xDCFF) {
        out.write(c - 0xDC00);
      } else {
        out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
      }
    });
    return out.toByteArray();
  }

  /**
   * The bytes SCRAM derives keys from: after SASLprep (RFC 4013), or as they are when SASLprep does not
   * allow the password, which is what PostgreSQL does on both sides.
   */
  static byte[] prepared(String password) {
    if (!isWellFormed(password) || password.chars().allMatch(c -> c < 0x80)) {
      return bytes(password);
    }
    try {
      String prepared = new SASLprep().prepareStored(password);
      return bytes(prepared.isEmpty() ? password : prepared);
    } catch (IllegalArgumentException | IndexOutOfBoundsException prohibited) {
      return bytes(password); // the latter when nothing is left of the password: a bug of saslprep 2.2
    }
  }

  private static boolean isWellFormed(String text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
