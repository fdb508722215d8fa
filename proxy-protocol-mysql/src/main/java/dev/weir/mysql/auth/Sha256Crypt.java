package dev.weir.mysql.auth;

import java.security.MessageDigest;

/**
 * SHA-256 crypt of Unix password files, without a limit on the salt: the digest of password and salt,
 * put through thousands of rounds, in 43 letters.
 */
final class Sha256Crypt {
  /** Letters of a result. */
  static final int LENGTH = 43;

  private static final String LETTERS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int SIZE = Hashes.SHA256_BYTES;

  private Sha256Crypt() {}

  static String crypt(byte[] password, byte[] salt, int rounds) {
    byte[] a = first(password, salt);
    byte[] p = repeated(repeatedDigest(password, password.length), password.length);
    byte[] s = repeated(repeatedDigest(salt, 16 + (a[0] & 0xff)), salt.length);
    MessageDigest digest = Hashes.digest("SHA-256");
    byte[] c = a;
    for (int round = 0; round < rounds; round++) {
      boolean odd = (round & 1) != 0;
      digest.update(odd ? p : c);
      if (round % 3 != 0) {
        digest.update(s);
      }
      if (round % 7 != 0) {
        digest.update(p);
      }
      digest.update(odd ? c : p);
      c = digest.digest();
    }
    return letters(c);
  }

  private static byte[] first(byte[] password, byte[] salt) {
    byte[] b = Hashes.sha256(password, salt, password);
    MessageDigest digest = Hashes.digest("SHA-256");
    digest.update(password);
    digest.update(salt);
    digest.update(repeated(b, password.length));
    for (int bits = password.length; bits > 0; bits >>= 1) {
      digest.update((bits & 1) != 0 ? b : password);
    }
    return digest.digest();
  }

  private static byte[] repeatedDigest(byte[] part, int times) {
    MessageDigest digest = Hashes.digest("SHA-256");
    for (int i = 0; i < times; i++) {
      digest.update(part);
    }
    return digest.digest();
  }

  /** {@code length} bytes of {@code digest} over and over. */
  private static byte[] repeated(byte[] digest, int length) {
    byte[] result = new byte[length];
    for (int i = 0; i < length; i++) {
      result[i] = digest[i % SIZE];
    }
    return result;
  }

  /** Four letters for three bytes, one of each third of the digest; the thirds take turns at coming first. */
  private static String letters(byte[] c) {
    StringBuilder out = new StringBuilder(LENGTH);
    int x = 0;
    int y = 10;
    int z = 20;
    for (int i = 0; i < 10; i++) {
      append(out, c[x], c[y], c[z], 4);
      int next = z + 1;
      z = y + 1;
      y = x + 1;
      x = next;
    }
    append(out, (byte) 0, c[31], c[30], 3);
    return out.toString();
  }

  private static void append(StringBuilder out, byte high, byte middle, byte low, int letters) {
    int bits = ((high & 0xff) << 16) + ((middle & 0xff) << 8) + (low & 0xff);
    for (int i = 0; i < letters; i++) {
      out.append(LETTERS.charAt((bits >> (6 * i)) & 0x3f));
    }
  }
}
