package dev.weir.core.sql.pg;

/**
 * Tells from one look over a query string that it changes nothing of its session, as nearly all do: its statements begin
 * with words of {@link #HARMLESS}, and none of the words of {@link #SUSPECT} stands in it outside of strings and comments.
 * Allocates nothing. Whatever it is not sure of it leaves to {@link EffectReader}. Stateless.
 *
 * <p>Words are told by their first eight bytes, in lower case, which is exact for all that matter here or errs on the
 * careful side.
 */
final class PlainScan {
  private static final long[] HARMLESS = words("select", "insert", "update", "delete", "merge",
      "with", "values", "table", "alter", "truncate", "comment", "grant", "revoke", "reassign",
      "analyze", "analyse", "vacuum", "cluster", "reindex", "refresh", "checkpoi", "copy",
      "explain",
      "fetch", "move", "lock", "notify", "security", "import", "show", "create", "repack", "wait");
  private static final long[] SUSPECT = words("set_conf", "setseed", "pg_advis", "pg_try_a",
      "currval", "lastval", "query_to", "temp", "temporar", "execute", "dblink_c", "dblink_d",
      "dblink_o");
  private static final long[] ADVANCING = words("nextval", "insert", "merge");
  private static final long PG_TEMP = word("pg_temp");
  private static final long SEVEN = 0x00ff_ffff_ffff_ffffL;

  private static final byte BLANK = 1;
  private static final byte STARTS = 2;
  private static final byte CONTINUES = 4;
  private static final byte[] CLASS = classes();

  private PlainScan() {}

  private static long[] words(String... words) {
    long[] all = new long[words.length];
    for (int i = 0; i < words.length; i++) {
      all[i] = word(words[i]);
    }
    return all;
  }

  private static long word(String text) {
    long word = 0;
    for (int i = text.length() - 1; i >= 0; i--) {
      word = word << 8 | text.charAt(i);
    }
    return word;
  }

  private static byte[] classes() {
    byte[] classes = new byte[256];
    for (int c = 0; c < 256; c++) {
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
      boolean digit = c >= '0' && c <= '9';
      classes[c] = (byte) ((c == ' ' || (c >= '\t' && c <= '\r') ? BLANK : 0)
          | (letter ? STARTS : 0)
          | (letter || digit || c == '$' ? CONTINUES : 0));
    }
    return classes;
  }

  private static boolean among(long[] words, long word) {
    for (long w : words) {
      if (w == word) {
        return true;
      }
    }
    return false;
  }

  /** @param mode as in {@link EffectCache#get}: with one a backslash in a string is not understood */
  static boolean plain(byte[] sql, int from, int to, int mode) {
    boolean backslashes = (mode & ~EffectCache.SEQUENCES) != 0;
    boolean sequences = (mode & EffectCache.SEQUENCES) != 0;
    boolean begins = true;
    int at = from;
    while (at < to) {
      int c = sql[at] & 0xff;
      byte kind = CLASS[c];
      if ((kind & BLANK) != 0) {
        at++;
      } else if ((kind & STARTS) != 0) {
        int end = at;
        long word = 0;
        while (end < to && (CLASS[sql[end] & 0xff] & CONTINUES) != 0) {
          if (end - at < 8) {
            int b = sql[end] & 0xff;
            word |= (long) (b >= 'A' && b <= 'Z' ? b + 32 : b) << ((end - at) << 3);
          }
          end++;
        }
        if (end - at == 1 && end < to && (sql[end] == '\'' || sql[end] == '&')) {
          return false; // E'', B'', U&'' and the like
        }
        if ((begins ? !among(HARMLESS, word) : suspect(word))
            || (sequences && among(ADVANCING, word))) {
          return false;
        }
        begins = false;
        at = end;
      } else {
        int next = other(sql, at, to, c, backslashes);
        if (next < 0) {
          return false;
        }
        if (c == ';') {
          begins = true;
        } else if (begins && c != '(' && !comment(sql, at, to)) {
          return false;
        }
        at = next;
      }
    }
    return true;
  }

  private static boolean suspect(long word) {
    return among(SUSPECT, word) || (word & SEVEN) == PG_TEMP;
  }

  private static boolean comment(byte[] sql, int at, int to) {
    return at + 1 < to && ((sql[at] == '-' && sql[at + 1] == '-')
        || (sql[at] == '/' && sql[at + 1] == '*'));
  }

  /** Where what begins here with no letter ends; negative when that is not clear. */
  private static int other(byte[] sql, int at, int to, int c, boolean backslashes) {
    switch (c) {
      case '\'' -> {
        return string(sql, at + 1, to, backslashes);
      }
      case '\\' -> {
        return backslashes ? -1 : at + 1;
      }
      case '"' -> {
        return quoted(sql, at + 1, to, backslashes);
      }
      case '$' -> {
        return at + 1 < to && sql[at + 1] >= '0' && sql[at + 1] <= '9'
            ? digits(sql, at + 1, to)
            : -1;
      }
      case '-' -> {
        return comment(sql, at, to) ? lineEnd(sql, at, to) : at + 1;
      }
      case '/' -> {
        return comment(sql, at, to) ? commentEnd(sql, at + 2, to) : at + 1;
      }
      default -> {
        return c >= '0' && c <= '9' ? digits(sql, at, to) : at + 1;
      }
    }
  }

  private static int string(byte[] sql, int from, int to, boolean backslashes) {
    for (int i = from; i < to; i++) {
      byte c = sql[i];
      if (c == '\'') {
        return i + 1; // a doubled quote begins the next string at once: the same in the end
      }
      if (c == '\\' && backslashes) {
        return -1;
      }
    }
    return -1;
  }

  /** An identifier in quotes: one that names something suspect is left to the reader. */
  private static int quoted(byte[] sql, int from, int to, boolean backslashes) {
    long word = 0;
    for (int i = from; i < to; i++) {
      int c = sql[i] & 0xff;
      if (c == '"') {
        return suspect(word) ? -1 : i + 1;
      }
      if (c == '\\' && backslashes) {
        return -1;
      }
      if (i - from < 8) {
        word |= (long) (c >= 'A' && c <= 'Z' ? c + 32 : c) << ((i - from) << 3);
      }
    }
    return -1;
  }

  /** A number, with whatever letters follow it at once: the scanner of the server may cut a word off there. */
  private static int digits(byte[] sql, int from, int to) {
    int i = from;
    while (i < to && sql[i] >= '0' && sql[i] <= '9') {
      i++;
    }
    return i;
  }

  private static int lineEnd(byte[] sql, int from, int to) {
    int i = from;
    while (i < to && sql[i] != '\n' && sql[i] != '\r') {
      i++;
    }
    return i;
  }

  /** A comment that holds another one is left to the reader. */
  private static int commentEnd(byte[] sql, int from, int to) {
    for (int i = from; i + 1 < to; i++) {
      if (sql[i] == '*' && sql[i + 1] == '/') {
        return i + 2;
      }
      if (sql[i] == '/' && sql[i + 1] == '*') {
        return -1;
      }
    }
    return -1;
  }
}
