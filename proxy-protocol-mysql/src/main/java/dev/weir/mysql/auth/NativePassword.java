package dev.weir.mysql.auth;

import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code mysql_native_password}: the server keeps SHA1(SHA1(password)); the client answers a challenge
 * with SHA1(password), masked so that only who knows the former can read it.
 */
public final class NativePassword {
  public static final String PLUGIN = "mysql_native_password";

  private static final char MARK = '*';
  private static final int HASH_LENGTH = 1 + 2 * Hashes.SHA1_BYTES;

  private NativePassword() {}

  /** The client's answer; nothing for an empty password. */
  public static byte[] response(byte[] password, byte[] challenge) {
    return password.length == 0 ? password : responseOfKey(key(password), challenge);
  }

  /** The client's answer by one who has the {@link #key} and not the password. */
  public static byte[] responseOfKey(byte[] key, byte[] challenge) {
    return Hashes.xor(key, Hashes.sha1(challenge, Hashes.sha1(key)));
  }

  /** SHA1(password): enough to log in with. */
  public static byte[] key(byte[] password) {
    return Hashes.sha1(password);
  }

  /** As servers store it: an asterisk and 40 hexadecimal digits; nothing for an empty password. */
  public static String hash(byte[] password) {
    return password.length == 0
        ? ""
        : MARK + HexFormat.of().withUpperCase().formatHex(Hashes.sha1(key(password)));
  }

  /** Whether this is a stored hash rather than a password. */
  public static boolean isHash(String text) {
    return text.length() == HASH_LENGTH && text.charAt(0) == MARK
        && text.chars().skip(1).allMatch(HexFormat::isHexDigit);
  }

  /**
   * Whether {@code response} answers {@code challenge} for a stored {@code hash}, the empty one of an
   * empty password included.
   */
  public static boolean verify(String hash, byte[] challenge, byte[] response) {
    return hash.isEmpty() ? response.length == 0 : keyOf(hash, challenge, response) != null;
  }

  /**
   * The key that the client proved to have, with which its session can log in to a server; null when the
   * answer is wrong.
   */
  public static byte @Nullable [] keyOf(String hash, byte[] challenge, byte[] response) {
    if (!isHash(hash) || response.length != Hashes.SHA1_BYTES) {
      return null;
    }
    byte[] stored = HexFormat.of().parseHex(hash.substring(1).toLowerCase(Locale.ROOT));
    byte[] key = Hashes.xor(response, Hashes.sha1(challenge, stored));
    return Hashes.same(Hashes.sha1(key), stored) ? key : null;
  }
}
