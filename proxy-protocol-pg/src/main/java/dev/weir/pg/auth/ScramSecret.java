package dev.weir.pg.auth;

import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A verifier as PostgreSQL stores it: {@code SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey}. */
@SuppressWarnings("ArrayRecordComponent") // keys are bytes; equals compares contents
public record ScramSecret(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
  /** PostgreSQL's default, and that of {@code scram_iterations}. */
  public static final int DEFAULT_ITERATIONS = 4096;
  private static final int SALT_BYTES = 16;
  private static final Pattern FORMAT = Pattern.compile(
      "SCRAM-SHA-256\\$([0-9]+):([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)");

  /** Null when {@code text} is no such secret. */
  public static @Nullable ScramSecret parse(String text) {
    Matcher parts = FORMAT.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    try {
      int iterations = Integer.parseInt(parts.group(1));
      byte[] salt = decode(parts.group(2));
      byte[] storedKey = decode(parts.group(3));
      byte[] serverKey = decode(parts.group(4));
      boolean complete = iterations >= 1 && salt.length > 0
          && storedKey.length == Hashes.SHA256_BYTES && serverKey.length == Hashes.SHA256_BYTES;
      return complete ? new ScramSecret(iterations, salt, storedKey, serverKey) : null;
    } catch (IllegalArgumentException tooLargeOrNotBase64) {
      return null;
    }
  }

  /** The text that is stored; the inverse of {@link #parse}. Not {@code toString}: it is a secret. */
  public String format() {
    return "%s$%d:%s$%s:%s".formatted(ScramServer.MECHANISM, iterations, encode(salt),
        encode(storedKey), encode(serverKey));
  }

  /** A new verifier for a password, with a random salt. Expensive. */
  public static ScramSecret derive(String password, int iterations, RandomGenerator random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return derive(password, salt, iterations);
  }

  /** The verifier of a password with a given salt. Expensive. */
  public static ScramSecret derive(String password, byte[] salt, int iterations) {
    ScramKeys keys = ScramKeys.of(ScramClient.saltedPassword(password, salt, iterations));
    return new ScramSecret(iterations, salt, keys.storedKey(), keys.serverKey());
  }

  /**
   * What a user who does not exist seems to have: always the same salt for the same name, which nobody
   * can compute without {@code serverWideKey}. Use it with {@link ScramServer#mock} only.
   */
  public static ScramSecret mock(String user, byte[] serverWideKey, int iterations) {
    byte[] name = Password.bytes(user);
    byte[] salt = Arrays.copyOf(Hashes.hmac(serverWideKey, name), SALT_BYTES);
    return new ScramSecret(iterations, salt, Hashes.hmac(serverWideKey, name, new byte[]{1}),
        Hashes.hmac(serverWideKey, name, new byte[]{2}));
  }

  /** Whether {@code password} is the one behind this secret. Expensive; constant time at the end. */
  public boolean matches(String password) {
    return Hashes.same(derive(password, salt, iterations).storedKey, storedKey);
  }

  private static byte[] decode(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof ScramSecret that && iterations == that.iterations
        && Arrays.equals(salt, that.salt) && Hashes.same(storedKey, that.storedKey)
        && Hashes.same(serverKey, that.serverKey);
  }

  @Override
  public int hashCode() {
    return Objects.hash(iterations, Arrays.hashCode(salt), Arrays.hashCode(storedKey));
  }

  /** Hides the keys. */
  @Override
  public String toString() {
    return "ScramSecret[iterations=" + iterations + "]";
  }
}
