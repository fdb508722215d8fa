package dev.weir.mysql.auth;

import java.nio.charset.StandardCharsets;

/**
 * {@code sha256_password}: the password itself, inside TLS ({@link ClearPassword}) or under the server's
 * public key ({@link PasswordCipher}), against a stored {@code $5$salt$} and SHA-256-crypt.
 */
public final class Sha256Password {
  public static final String PLUGIN = "sha256_password";
  /** What the client sends to ask for the server's public key. */
  public static final byte PUBLIC_KEY_WANTED = 1;

  private static final String MARK = "$5$";
  private static final int ROUNDS = 5000;

  private Sha256Password() {}

  /** Whether {@code password} is the one of a stored hash. */
  public static boolean verifyStored(byte[] stored, byte[] password) {
    String text = new String(stored, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('$', MARK.length());
    if (!text.startsWith(MARK) || end < 0) {
      return false;
    }
    byte[] salt = text.substring(MARK.length(), end).getBytes(StandardCharsets.ISO_8859_1);
    String expected = text.substring(0, end + 1) + Sha256Crypt.crypt(password, salt, ROUNDS);
    return Hashes.same(expected.getBytes(StandardCharsets.ISO_8859_1), stored);
  }
}
