package dev.weir.mysql.auth;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * MariaDB's {@code client_ed25519}: the server keeps a public key, the client signs a challenge. As in
 * RFC 8032, but that the password itself, of any length, is what the private key is hashed from; so the
 * JDK can verify and not sign.
 *
 * <p>
 * The arithmetic is BigInteger's, whose time depends on the numbers: who can measure a login to a
 * server to the microsecond, thousands of times, might learn of the key. A pool logs in rarely.
 */
public final class Ed25519Password {
  public static final String PLUGIN = "client_ed25519";
  /** Bytes of a challenge. */
  public static final int CHALLENGE = 32;

  private static final int KEY = 32;
  private static final int SIGNATURE = 64;
  private static final byte[] KEY_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private Ed25519Password() {}

  /** The client's answer: a signature of 64 bytes. */
  public static byte[] response(byte[] password, byte[] challenge) {
    byte[] hash = Hashes.sha512(password);
    BigInteger secret = secret(hash);
    byte[] publicKey = Ed25519.encode(Ed25519.multiply(Ed25519.BASE, secret));
    byte[] prefix = Arrays.copyOfRange(hash, KEY, hash.length);
    BigInteger r = number(Hashes.sha512(prefix, challenge)).mod(Ed25519.ORDER);
    byte[] point = Ed25519.encode(Ed25519.multiply(Ed25519.BASE, r));
    BigInteger h = number(Hashes.sha512(point, publicKey, challenge)).mod(Ed25519.ORDER);
    byte[] signature = Arrays.copyOf(point, SIGNATURE);
    byte[] s = Ed25519.bytes(h.multiply(secret).add(r).mod(Ed25519.ORDER));
    System.arraycopy(s, 0, signature, KEY, KEY);
    return signature;
  }

  /** As servers store it: the public key in 43 letters of base 64. */
  public static String stored(byte[] password) {
    byte[] key = Ed25519
        .encode(Ed25519.multiply(Ed25519.BASE, secret(Hashes.sha512(password))));
    return Base64.getEncoder().withoutPadding().encodeToString(key);
  }

  /** Whether {@code response} answers {@code challenge} for a stored public key. */
  public static boolean verify(String stored, byte[] challenge, byte[] response) {
    try {
      byte[] key = Base64.getDecoder().decode(stored);
      if (key.length != KEY || response.length != SIGNATURE) {
        return false;
      }
      byte[] encoded = Arrays.copyOf(KEY_PREFIX, KEY_PREFIX.length + KEY);
      System.arraycopy(key, 0, encoded, KEY_PREFIX.length, KEY);
      PublicKey publicKey = KeyFactory.getInstance("Ed25519")
          .generatePublic(new X509EncodedKeySpec(encoded));
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(publicKey);
      signature.update(challenge);
      return signature.verify(response);
    } catch (IllegalArgumentException | GeneralSecurityException wrong) {
      return false;
    }
  }

  private static BigInteger secret(byte[] hash) {
    byte[] half = Arrays.copyOf(hash, KEY);
    half[0] &= (byte) 0xf8;
    half[KEY - 1] &= 0x7f;
    half[KEY - 1] |= 0x40;
    return number(half);
  }

  /** Of little endian bytes. */
  private static BigInteger number(byte[] bytes) {
    return new BigInteger(1, Ed25519.reversed(bytes));
  }
}
