package dev.weir.pg.auth;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** PostgreSQL's md5 method: a secret that depends on the user's name, hashed again with a salt. */
public final class Md5Password {
  static final String PREFIX = "md5";
  static final int SECRET_LENGTH = PREFIX.length() + 32;

  private Md5Password() {}

  /** The secret as it is stored: {@code md5} and 32 hexadecimal digits. */
  public static String hash(String user, String password) {
    return PREFIX + hex(Hashes.md5(Password.bytes(password), Password.bytes(user)));
  }

  /** The client's answer to {@code salt}, for the content of a PasswordMessage. */
  public static String response(String secret, byte[] salt) {
    byte[] digits = secret.substring(PREFIX.length()).getBytes(StandardCharsets.US_ASCII);
    return PREFIX + hex(Hashes.md5(digits, salt));
  }

  /** Whether {@code response} answers {@code salt} for the stored {@code secret}; constant time. */
  public static boolean verify(String secret, byte[] salt, String response) {
    return Hashes.same(Password.bytes(response(secret, salt)), Password.bytes(response));
  }

  /** Whether this is a secret of this kind: {@code md5} and 32 lower-case hexadecimal digits. */
  static boolean isSecret(String text) {
    return text.length() == SECRET_LENGTH && text.startsWith(PREFIX)
        && text.chars().skip(PREFIX.length()).allMatch(c -> "0123456789abcdef".indexOf(c) >= 0);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
