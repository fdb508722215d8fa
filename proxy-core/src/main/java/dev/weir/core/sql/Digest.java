package dev.weir.core.sql;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A statement without its values: what statements that differ only in values have in common. Text and hash are
 * ProxySQL's, byte for byte. Immutable.
 */
public final class Digest {
  private static final String PREFIX = "0x";
  private static final int DIGITS = 16;

  private final byte[] text;
  private final int stored;
  private final long hash;

  Digest(byte[] text, int stored, long hash) {
    this.text = text;
    this.stored = Math.min(stored, text.length);
    this.hash = hash;
  }

  /** The digest of a statement in the statement's bytes, whatever its character set. */
  public static Digest of(byte[] sql, DigestOptions options) {
    return new Digester(options).digest(sql, 0, sql.length);
  }

  /** SpookyHash V2 over the stored text. */
  public long hash() {
    return hash;
  }

  /** {@code 0x} and sixteen digits, as rules and statistics write it. */
  public String hex() {
    return hex(hash);
  }

  public static String hex(long hash) {
    return String.format(Locale.ROOT, "0x%016X", hash);
  }

  /** The hash that a rule names: at most sixteen hexadecimal digits behind {@code 0x}. */
  public static long parseHex(String hex) {
    String digits = hex.regionMatches(true, 0, PREFIX, 0, PREFIX.length())
        ? hex.substring(PREFIX.length())
        : hex;
    if (digits.isEmpty() || digits.length() > DIGITS || digits.charAt(0) == '-'
        || digits.charAt(0) == '+') {
      throw new NumberFormatException("not a digest: " + hex);
    }
    return Long.parseUnsignedLong(digits, DIGITS);
  }

  /** What statistics keep: the first {@link DigestOptions#maxDigestLength} bytes. */
  public String storedText() {
    return new String(text, 0, stored, StandardCharsets.UTF_8);
  }

  /** The whole text; what {@code match_digest} looks at. */
  public String text() {
    return new String(text, StandardCharsets.UTF_8);
  }

  /** The bytes of {@link #text}; shared, not to be written to. */
  public byte[] bytes() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && hash == that.hash && Arrays.equals(text, that.text);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash);
  }

  @Override
  public String toString() {
    return hex() + " " + text();
  }
}
