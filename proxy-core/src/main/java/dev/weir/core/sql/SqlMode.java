package dev.weir.core.sql;

/**
 * How the text of a session is to be read. The settings named here belong to the session and decide where a string
 * ends, so reading with the wrong ones can hide a statement in a string.
 *
 * @param ansiQuotes MySQL's {@code ANSI_QUOTES}: double quotes hold names. Always so in PostgreSQL
 * @param backslashEscapes false with MySQL's {@code NO_BACKSLASH_ESCAPES} and with PostgreSQL's
 *     {@code standard_conforming_strings}
 * @param wideBytes the client's character set, if a backslash or quote may be the second byte of a character in it
 */
public record SqlMode(Dialect dialect, boolean ansiQuotes, boolean backslashEscapes,
    WideBytes wideBytes) {
  public static final SqlMode MYSQL = new SqlMode(Dialect.MYSQL, false, true, WideBytes.NONE);
  public static final SqlMode POSTGRESQL = new SqlMode(Dialect.POSTGRESQL, true, false,
      WideBytes.NONE);

  /** Whose SQL it is. */
  public enum Dialect {
    MYSQL, POSTGRESQL
  }

  /** Character sets whose second bytes overlap with ASCII. */
  public enum WideBytes {
    /** UTF-8, the one-byte sets and all others that keep ASCII to itself. */
    NONE,
    /** gbk, gb18030, big5 and their like: lead bytes from 0x81 to 0xFE. */
    GBK,
    /** sjis and cp932: lead bytes from 0x81 to 0x9F and from 0xE0 to 0xFC. */
    SJIS;

    boolean isLead(byte c) {
      int value = c & 0xff;
      return switch (this) {
        case NONE -> false;
        case GBK -> value >= 0x81 && value <= 0xfe;
        case SJIS -> (value >= 0x81 && value <= 0x9f) || (value >= 0xe0 && value <= 0xfc);
      };
    }
  }
}
