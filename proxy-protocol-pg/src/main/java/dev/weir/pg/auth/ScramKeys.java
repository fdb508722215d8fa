package dev.weir.pg.auth;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What proves knowledge of a password without being it: enough to log in wherever the same SCRAM secret
 * (salt, iterations and all) is stored. Keep it as safe as the password.
 */
@SuppressWarnings("ArrayRecordComponent") // keys are bytes; equals compares contents
public record ScramKeys(byte[] clientKey, byte[] serverKey) {

  /** From the result of {@link ScramClient#saltedPassword}; cheap. */
  public static ScramKeys of(byte[] saltedPassword) {
    return new ScramKeys(Hashes.hmac(saltedPassword, "Client Key"),
        Hashes.hmac(saltedPassword, "Server Key"));
  }

  byte[] storedKey() {
    return Hashes.sha256(clientKey);
  }

  /** True when these keys belong to {@code secret}, so that they can be used where it is stored. */
  public boolean belongTo(ScramSecret secret) {
    return Hashes.same(storedKey(), secret.storedKey())
        && Hashes.same(serverKey, secret.serverKey());
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof ScramKeys that && Hashes.same(clientKey, that.clientKey)
        && Hashes.same(serverKey, that.serverKey);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(serverKey);
  }

  /** Hides the keys. */
  @Override
  public String toString() {
    return "ScramKeys[***]";
  }
}
