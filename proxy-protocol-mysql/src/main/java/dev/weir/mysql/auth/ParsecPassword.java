package dev.weir.mysql.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * MariaDB's {@code parsec} (its manual, "Authentication Plugin - PARSEC"): the server sends a challenge and, when asked, how
 * the password's key is derived; the client signs both sides' challenges by Ed25519 (RFC 8032) with the key derived by
 * PBKDF2 of HMAC-SHA-512.
 */
public final class ParsecPassword {
  public static final String PLUGIN = "parsec";
  /** Bytes of a challenge, the server's or the client's. */
  public static final int CHALLENGE = 32;
  /** Name of the only derivation that there is, as the first byte of what the server says about it. */
  public static final byte PBKDF2 = 'P';

  private static final int FEWEST_ITERATIONS = 1024;
  /** Over a million iterations, about a second: a server that wants more wants our time. */
  private static final int MAX_FACTOR = 10;
  private static final int HEADER = 2;
  private static final int KEY = 32;

  private ParsecPassword() {}

  /**
   * The client's answer. Takes milliseconds, and longer as the server likes.
   *
   * @param derivation as the server says it: {@link #PBKDF2}, by how many powers of two there are more than 1024 iterations,
   *     then the salt
   * @param own the client's challenge
   * @throws GeneralSecurityException when the derivation is not understood
   */
  public static byte[] response(byte[] password, byte[] challenge, byte[] derivation, byte[] own)
      throws GeneralSecurityException {
    if (derivation.length <= HEADER || derivation[0] != PBKDF2) {
      throw new GeneralSecurityException("parsec: the server's key derivation is not known here");
    }
    int factor = derivation[1] & 0xff;
    if (factor > MAX_FACTOR) {
      throw new GeneralSecurityException("parsec: the server wants 1024 * 2^" + factor
          + " iterations, at most 2^" + MAX_FACTOR + " are made");
    }
    if (challenge.length != CHALLENGE || own.length != CHALLENGE) {
      throw new GeneralSecurityException("parsec: a challenge has " + CHALLENGE + " bytes");
    }
    byte[] salt = Arrays.copyOfRange(derivation, HEADER, derivation.length);
    byte[] seed = derive(password, salt, FEWEST_ITERATIONS << factor);
    PrivateKey key = KeyFactory.getInstance("Ed25519")
        .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key);
    signature.update(challenge);
    signature.update(own);
    byte[] signed = signature.sign();
    byte[] answer = Arrays.copyOf(own, own.length + signed.length);
    System.arraycopy(signed, 0, answer, own.length, signed.length);
    return answer;
  }

  /** The seed of the private key. The JDK takes the password as text, and makes the UTF-8 of it that it was. */
  private static byte[] derive(byte[] password, byte[] salt, int iterations)
      throws GeneralSecurityException {
    char[] text = new String(password, StandardCharsets.UTF_8).toCharArray();
    PBEKeySpec spec = new PBEKeySpec(text, salt, iterations, KEY * Byte.SIZE);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded();
    } finally {
      spec.clearPassword();
      Arrays.fill(text, '\0');
    }
  }
}
