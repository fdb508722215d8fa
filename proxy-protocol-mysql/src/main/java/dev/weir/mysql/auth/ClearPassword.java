package dev.weir.mysql.auth;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A password as it is, with a zero behind it: {@code mysql_clear_password}, and what the two SHA-256
 * plugins send inside TLS. Nothing else keeps it secret.
 */
public final class ClearPassword {
  public static final String PLUGIN = "mysql_clear_password";

  private ClearPassword() {}

  /** What the client sends. */
  public static byte[] response(byte[] password) {
    return Arrays.copyOf(password, password.length + 1);
  }

  /** The password in what the client sent; null when the zero is missing or not the last. */
  public static byte @Nullable [] password(byte[] response) {
    for (int i = 0; i < response.length; i++) {
      if (response[i] == 0) {
        return i == response.length - 1 ? Arrays.copyOf(response, i) : null;
      }
    }
    return null;
  }
}
