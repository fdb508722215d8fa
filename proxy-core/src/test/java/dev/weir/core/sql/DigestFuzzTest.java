package dev.weir.core.sql;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever bytes come in, a digest comes out, no longer than it may be, and the same in any surrounding. */
class DigestFuzzTest {
  private static final DigestOptions ODD = new DigestOptions(64, 16, 1, 1, true, true, true, true);

  @FuzzTest
  void alwaysADigest(byte[] sql) {
    check(sql, DigestOptions.DEFAULTS);
    check(sql, ODD);
  }

  private static void check(byte[] sql, DigestOptions options) {
    Digest digest = Digest.of(sql, options);
    if (digest.bytes().length > options.maxQueryLength() + 2) {
      throw new AssertionError("too long: " + digest.bytes().length);
    }
    byte[] framed = new byte[sql.length + 9];
    java.util.Arrays.fill(framed, (byte) '\'');
    System.arraycopy(sql, 0, framed, 5, sql.length);
    Digester digester = new Digester(options);
    digester.digest(framed, 0, framed.length); // leaves nothing behind
    Digest again = digester.digest(framed, 5, 5 + sql.length);
    if (!again.equals(digest)) {
      throw new AssertionError(digest + " became " + again);
    }
    if (digester.firstCommentFrom() > digester.firstCommentTo()) {
      throw new AssertionError("a comment that ends before it begins");
    }
  }
}
