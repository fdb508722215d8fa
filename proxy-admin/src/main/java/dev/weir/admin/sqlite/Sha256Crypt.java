package dev.weir.admin.sqlite;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A password as caching_sha2_password stores it: SHA-256 crypt with 5000 rounds and a salt of 20 bytes. */
final class Sha256Crypt {
  private static final int ROUNDS = 5000;
  private static final int LENGTH = 32;
  private static final String DIGITS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private Sha256Crypt() {}

  static String cachingSha2(String password, String salt) {
    return "$A$005$" + salt
        + crypt(password.getBytes(StandardCharsets.UTF_8), salt.getBytes(StandardCharsets.UTF_8));
  }

  /** The 43 characters of the crypt scheme's hash. */
  static String crypt(byte[] password, byte[] salt) {
    try {
      return hash(MessageDigest.getInstance("SHA-256"), password, salt);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static String hash(MessageDigest sha, byte[] password, byte[] salt) {
    sha.update(password);
    sha.update(salt);
    byte[] b = sha.digest(password);
    sha.update(password);
    sha.update(salt);
    repeat(sha, b, password.length);
    for (int bits = password.length; bits > 0; bits >>= 1) {
      if ((bits & 1) == 0) {
        sha.update(password);
      } else {
        sha.update(b);
      }
    }
    byte[] a = sha.digest();
    for (int i = 0; i < password.length; i++) {
      sha.update(password);
    }
    byte[] p = stretched(sha.digest(), password.length);
    for (int i = 0; i < 16 + (a[0] & 0xff); i++) {
      sha.update(salt);
    }
    byte[] s = stretched(sha.digest(), salt.length);
    for (int round = 0; round < ROUNDS; round++) {
      sha.update((round & 1) == 0 ? a : p);
      if (round % 3 != 0) {
        sha.update(s);
      }
      if (round % 7 != 0) {
        sha.update(p);
      }
      a = sha.digest((round & 1) == 0 ? p : a);
    }
    return encoded(a);
  }

  private static void repeat(MessageDigest sha, byte[] block, int length) {
    int left = length;
    while (left > 0) {
      sha.update(block, 0, Math.min(left, LENGTH));
      left -= LENGTH;
    }
  }

  private static byte[] stretched(byte[] block, int length) {
    byte[] out = new byte[length];
    for (int at = 0; at < length; at += LENGTH) {
      System.arraycopy(block, 0, out, at, Math.min(LENGTH, length - at));
    }
    return out;
  }

  private static String encoded(byte[] a) {
    StringBuilder out = new StringBuilder(43);
    int first = 0;
    int second = 10;
    int third = 20;
    for (int i = 0; i < 10; i++) { // the scheme takes bytes 0, 10, 20, then 21, 1, 11, then 12, 22, 2 ...
      digits(out, (a[first] & 0xff) << 16 | (a[second] & 0xff) << 8 | (a[third] & 0xff), 4);
      int next = third + 1;
      third = second + 1;
      second = first + 1;
      first = next;
    }
    digits(out, (a[31] & 0xff) << 8 | (a[30] & 0xff), 3);
    return out.toString();
  }

  private static void digits(StringBuilder out, int value, int count) {
    int rest = value;
    for (int i = 0; i < count; i++) {
      out.append(DIGITS.charAt(rest & 63));
      rest >>= 6;
    }
  }
}
