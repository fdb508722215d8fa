package dev.weir.core.route;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row of {@code mysql_query_rules}. Null is the column's NULL: no test, or no action. */
public record QueryRule(int ruleId, boolean active, Conditions conditions, Actions actions,
    @Nullable String comment) {

  /** What must hold of a statement; an empty text is no test. */
  public record Conditions(int flagIn, @Nullable String username, @Nullable String schemaname,
      @Nullable String clientAddr, @Nullable String proxyAddr, @Nullable Integer proxyPort,
      @Nullable String digest, @Nullable String matchDigest, @Nullable String matchPattern,
      boolean negateMatchPattern, String reModifiers) {}

  /** What happens then. */
  public record Actions(@Nullable Integer flagOut, @Nullable String replacePattern,
      @Nullable Integer destinationHostgroup, @Nullable Integer cacheTtl,
      @Nullable Integer cacheEmptyResult, @Nullable Integer cacheTimeout,
      @Nullable Integer reconnect, @Nullable Integer timeout, @Nullable Integer retries,
      @Nullable Integer delay, @Nullable Integer nextQueryFlagIn, @Nullable Integer mirrorFlagOut,
      @Nullable Integer mirrorHostgroup, @Nullable String errorMsg, @Nullable String okMsg,
      @Nullable Integer stickyConn, @Nullable Integer multiplex,
      @Nullable Integer gtidFromHostgroup, @Nullable Integer log, boolean apply,
      String attributes) {}

  /**
   * A rule from its row, by the columns' names; columns left out have their defaults.
   *
   * @throws InvalidRuleException for a value that the column does not permit
   */
  public static QueryRule fromColumns(Map<String, ? extends @Nullable String> row)
      throws InvalidRuleException {
    return new Columns(row).rule();
  }

  /** Reads one row. */
  private static final class Columns {
    private static final int ANY = Integer.MAX_VALUE;

    private final Map<String, ? extends @Nullable String> row;
    private final int ruleId;

    Columns(Map<String, ? extends @Nullable String> row) throws InvalidRuleException {
      this.row = row;
      Integer id = number("rule_id", 0, ANY);
      this.ruleId = id == null ? 0 : id;
    }

    QueryRule rule() throws InvalidRuleException {
      Conditions conditions = new Conditions(flag("flagIN", ANY), text("username"),
          text("schemaname"), text("client_addr"), text("proxy_addr"),
          number("proxy_port", 0, 65535), text("digest"), text("match_digest"),
          text("match_pattern"), flag("negate_match_pattern", 1) == 1,
          textOr("re_modifiers", "CASELESS"));
      String replacePattern = row.get("replace_pattern");
      if (replacePattern != null && conditions.matchPattern() == null) {
        throw new InvalidRuleException(ruleId, "replace_pattern needs a match_pattern");
      }
      Actions actions = new Actions(number("flagOUT", 0, ANY), replacePattern,
          number("destination_hostgroup", Integer.MIN_VALUE, ANY),
          number("cache_ttl", 1, ANY), number("cache_empty_result", 0, 1),
          number("cache_timeout", 0, ANY), number("reconnect", 0, 1),
          number("timeout", 0, ANY), number("retries", 0, 1000), number("delay", 0, ANY),
          number("next_query_flagIN", 0, ANY), number("mirror_flagOUT", 0, ANY),
          number("mirror_hostgroup", 0, ANY), row.get("error_msg"), row.get("OK_msg"),
          number("sticky_conn", 0, 1), number("multiplex", 0, 2),
          number("gtid_from_hostgroup", 0, ANY), number("log", 0, 1),
          flag("apply", 1) == 1, textOr("attributes", ""));
      return new QueryRule(ruleId, flag("active", 1) == 1, conditions, actions,
          row.get("comment"));
    }

    private @Nullable String text(String column) {
      String value = row.get(column);
      return value == null || value.isEmpty() ? null : value;
    }

    private String textOr(String column, String otherwise) {
      String value = row.get(column);
      return value == null ? otherwise : value;
    }

    private int flag(String column, int most) throws InvalidRuleException {
      Integer value = number(column, 0, most);
      return value == null ? 0 : value;
    }

    private @Nullable Integer number(String column, int least, int most)
        throws InvalidRuleException {
      String value = row.get(column);
      if (value == null) {
        return null;
      }
      try {
        long number = Long.parseLong(value.strip());
        if (number >= least && number <= most) {
          return (int) number;
        }
      } catch (NumberFormatException e) {
        // said below
      }
      String bound = most == ANY ? "at least " + least : "from " + least + " to " + most;
      throw new InvalidRuleException(ruleId,
          column + " must be a number " + bound + ", not " + value);
    }
  }
}
