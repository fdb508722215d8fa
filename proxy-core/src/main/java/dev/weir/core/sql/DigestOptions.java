package dev.weir.core.sql;

/**
 * How statements are reduced to digests: ProxySQL's {@code mysql-query_digests_*} variables.
 *
 * @param maxQueryLength the longest digest text, before it is hashed or matched; longer statements are read on as long
 *     as their digest is shorter than this
 * @param maxDigestLength how much of the text is hashed and stored
 * @param groupingLimit values kept of a list in parentheses; 0 keeps all
 * @param groupsGroupingLimit rows kept of a list of rows; 0 keeps all
 */
public record DigestOptions(int maxQueryLength, int maxDigestLength, int groupingLimit,
    int groupsGroupingLimit, boolean replaceNull, boolean noDigits, boolean lowercase,
    boolean keepComment) {
  public static final DigestOptions DEFAULTS = new DigestOptions(65_000, 2048, 3, 10, false, false,
      false, false);
  private static final int MAX_LENGTH = 1 << 20;
  private static final int MAX_GROUPING = 2089;

  public DigestOptions {
    check("query_digests_max_query_length", maxQueryLength, 16, MAX_LENGTH);
    check("query_digests_max_digest_length", maxDigestLength, 16, MAX_LENGTH);
    check("query_digests_grouping_limit", groupingLimit, 0, MAX_GROUPING);
    check("query_digests_groups_grouping_limit", groupsGroupingLimit, 0, MAX_GROUPING);
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be from " + least + " to " + most + ", not " + value);
    }
  }
}
