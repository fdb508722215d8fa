package dev.weir.mysql.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * How a password travels without TLS in caching_sha2_password and sha256_password: a zero behind it, the
 * challenge over it, then RSA with OAEP padding under the server's public key.
 */
public final class PasswordCipher {
  private static final String RSA = "RSA/ECB/OAEPWithSHA-1AndMGF1Padding";
  private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
  private static final String END = "-----END PUBLIC KEY-----";

  private PasswordCipher() {}

  /**
   * The server's public key from the PEM text that it sends.
   *
   * @throws GeneralSecurityException when it is none
   */
  public static PublicKey publicKey(byte[] pem) throws GeneralSecurityException {
    String text = new String(pem, StandardCharsets.ISO_8859_1);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new GeneralSecurityException("the server's public key is not in PEM");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
      return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der));
    } catch (IllegalArgumentException notBase64) {
      throw new GeneralSecurityException("the server's public key is not in PEM", notBase64);
    }
  }

  /** The PEM text of a public key, for the clients that ask. */
  public static byte[] pem(PublicKey key) {
    String lines = Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(key.getEncoded());
    return (BEGIN + "\n" + lines + "\n" + END + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * What the client sends.
   *
   * @throws GeneralSecurityException also when the password is too long for the key
   */
  public static byte[] encrypt(byte[] password, byte[] challenge, PublicKey key)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(RSA);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    return cipher.doFinal(masked(Arrays.copyOf(password, password.length + 1), challenge));
  }

  /** The password that the client sent; null when it is not one under our key. */
  public static byte @Nullable [] decrypt(byte[] encrypted, byte[] challenge, PrivateKey key) {
    try {
      Cipher cipher = Cipher.getInstance(RSA);
      cipher.init(Cipher.DECRYPT_MODE, key);
      byte[] plain = masked(cipher.doFinal(encrypted), challenge);
      return plain.length == 0 || plain[plain.length - 1] != 0
          ? null
          : Arrays.copyOf(plain, plain.length - 1);
    } catch (GeneralSecurityException notForUs) {
      return null;
    }
  }

  private static byte[] masked(byte[] text, byte[] challenge) {
    byte[] result = text.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] ^= challenge[i % challenge.length];
    }
    return result;
  }
}
