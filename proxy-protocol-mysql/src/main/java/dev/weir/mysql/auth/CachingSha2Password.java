package dev.weir.mysql.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code caching_sha2_password}. A server that has SHA256(SHA256(password)) cached is answered by a
 * challenge alone; otherwise the client sends the password itself, inside TLS or under the server's
 * public key ({@link PasswordCipher}), and the server compares it with what it stores: a salted crypt.
 *
 * <p>
 * The stored form is {@code $A$005$}, 20 bytes of salt and 43 letters: SHA-256-crypt of 5 × 1000 rounds.
 */
public final class CachingSha2Password {
  public static final String PLUGIN = "caching_sha2_password";
  /** What the server answers when the challenge sufficed; its OK follows. */
  public static final byte FAST_SUCCEEDED = 3;
  /** What the server answers when it wants the password. */
  public static final byte FULL_NEEDED = 4;
  /** What the client sends to ask for the server's public key. */
  public static final byte PUBLIC_KEY_WANTED = 2;

  private static final String MARK = "$A$";
  private static final int ROUNDS_DIGITS = 3;
  private static final int ROUNDS_UNIT = 1000;
  private static final int MAX_ROUNDS_CODE = 0xfff;
  private static final int SALT = MARK.length() + ROUNDS_DIGITS + 1;
  private static final int SALT_LENGTH = 20;
  private static final int STORED_LENGTH = SALT + SALT_LENGTH + Sha256Crypt.LENGTH;
  private static final String DEFAULT_ROUNDS = "005";

  private CachingSha2Password() {}

  /** The client's answer to the challenge; nothing for an empty password. */
  public static byte[] response(byte[] password, byte[] challenge) {
    return password.length == 0 ? password : responseOfKey(Hashes.sha256(password), challenge);
  }

  /** The client's answer by one who has SHA256(password) and not the password. */
  public static byte[] responseOfKey(byte[] key, byte[] challenge) {
    return Hashes.xor(key, Hashes.sha256(Hashes.sha256(key), challenge));
  }

  /** SHA256(SHA256(password)): what a server keeps in its cache, enough to check a challenge. */
  public static byte[] cached(byte[] password) {
    return Hashes.sha256(Hashes.sha256(password));
  }

  /** Whether {@code response} answers {@code challenge} for a {@link #cached} hash. */
  public static boolean verify(byte[] cached, byte[] challenge, byte[] response) {
    return keyOf(cached, challenge, response) != null;
  }

  /** SHA256(password) as the client proved to have it; null when the answer is wrong. */
  public static byte @Nullable [] keyOf(byte[] cached, byte[] challenge, byte[] response) {
    if (response.length != Hashes.SHA256_BYTES) {
      return null;
    }
    byte[] key = Hashes.xor(response, Hashes.sha256(cached, challenge));
    return Hashes.same(Hashes.sha256(key), cached) ? key : null;
  }

  /** As servers store it, of a salt of 20 bytes below 128. */
  public static byte[] stored(byte[] password, byte[] salt) {
    if (salt.length != SALT_LENGTH) {
      throw new IllegalArgumentException("a salt has " + SALT_LENGTH + " bytes");
    }
    return stored(password, salt, DEFAULT_ROUNDS);
  }

  private static byte[] stored(byte[] password, byte[] salt, String rounds) {
    byte[] head = (MARK + rounds + "$").getBytes(StandardCharsets.US_ASCII);
    byte[] crypt = Sha256Crypt.crypt(password, salt, Integer.parseInt(rounds, 16) * ROUNDS_UNIT)
        .getBytes(StandardCharsets.US_ASCII);
    byte[] stored = Arrays.copyOf(head, STORED_LENGTH);
    System.arraycopy(salt, 0, stored, SALT, SALT_LENGTH);
    System.arraycopy(crypt, 0, stored, SALT + SALT_LENGTH, crypt.length);
    return stored;
  }

  /** Whether this is a stored hash rather than a password. */
  public static boolean isStored(byte[] text) {
    return text.length == STORED_LENGTH
        && new String(text, 0, SALT, StandardCharsets.ISO_8859_1)
            .matches("\\$A\\$[0-9A-Fa-f]{3}\\$");
  }

  /** Whether {@code password} is the one of a stored hash; thousands of rounds of SHA-256. */
  public static boolean verifyStored(byte[] stored, byte[] password) {
    if (!isStored(stored)) {
      return false;
    }
    String rounds = new String(stored, MARK.length(), ROUNDS_DIGITS, StandardCharsets.US_ASCII);
    int code = Integer.parseInt(rounds, 16);
    if (code < 1 || code > MAX_ROUNDS_CODE) {
      return false;
    }
    byte[] salt = Arrays.copyOfRange(stored, SALT, SALT + SALT_LENGTH);
    return Hashes.same(stored(password, salt, rounds), stored);
  }
}
