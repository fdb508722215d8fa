package dev.weir.core.route;

import dev.weir.core.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Random rules on random statements, decided a second time by the plainest reading of ProxySQL's manual. */
class RouterPropertyTest {
  private static final List<String> PATTERNS = List.of("^SELECT", "FROM t", "^(UPDATE|DELETE)",
      "a+", "[0-9]", "x$", ".*", "\\?", "^SELECT.*FOR UPDATE$", "b.c", "lect", "t\\d*");
  static final List<String> TEXTS = List.of("SELECT a FROM t1", "UPDATE t SET a=1",
      "select b.c from t for update", "DELETE FROM x", "SELECT 5", "/* hostgroup=3 */ SELECT 1",
      "insert into t values (1,2)", "SET NAMES utf8");

  @Test
  void agreesWithAPlainReading() throws InvalidRuleException {
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      List<Map<String, String>> rows = new ArrayList<>();
      int count = random.nextInt(12);
      for (int i = 0; i < count; i++) {
        rows.add(rule(random, i * 3 + random.nextInt(3)));
      }
      List<FastRoute> routes = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        routes.add(new FastRoute(random.nextBoolean() ? "app" : "", random.nextBoolean()
            ? "shop"
            : "s", random.nextInt(3), 100 + i));
      }
      int iterations = random.nextInt(3);
      RuleSet set = Rules.set(new RouteOptions(RouteOptions.Engine.RE2, iterations), routes, rows);
      for (String text : TEXTS) {
        SessionFacts facts = new SessionFacts(random.nextBoolean() ? "app" : "bob", "shop",
            "10.0.0." + random.nextInt(3), random.nextBoolean() ? "::1" : null, 6033,
            random.nextInt(2), random.nextInt(4) == 0);
        Statement statement = Rules.statement(text);
        RouteDecision decision = Router.decide(set, statement, facts, new Random(1));
        Map<String, String> plain = new Plain(rows, routes, iterations).decide(statement, facts);
        assertThat(actions(decision)).as("seed %d, %s, %s, %s", seed, text, facts, rows)
            .isEqualTo(plain);
        assertThat(Router.explain(set, statement, facts, new Random(1)).decision())
            .isEqualTo(decision);
      }
    }
  }

  static Map<String, String> rule(Random random, int id) {
    Map<String, String> row = Rules.row("rule_id=" + id, "flagIN=" + random.nextInt(3));
    maybe(random, row, "username", random.nextBoolean() ? "app" : "bob");
    maybe(random, row, "schemaname", random.nextInt(4) > 0 ? "shop" : "");
    maybe(random, row, "client_addr", List.of("%", "10.0.%", "10.0.0.1").get(random.nextInt(3)));
    maybe(random, row, "proxy_addr", random.nextBoolean() ? "::1" : "::2");
    maybe(random, row, "match_digest", PATTERNS.get(random.nextInt(PATTERNS.size())));
    maybe(random, row, "match_pattern", PATTERNS.get(random.nextInt(PATTERNS.size())));
    maybe(random, row, "negate_match_pattern", "1");
    maybe(random, row, "re_modifiers", List.of("", "GLOBAL", "CASELESS,GLOBAL")
        .get(random.nextInt(3)));
    maybe(random, row, "flagOUT", String.valueOf(random.nextInt(3)));
    maybe(random, row, "destination_hostgroup", String.valueOf(random.nextInt(9)));
    maybe(random, row, "timeout", String.valueOf(random.nextInt(9)));
    maybe(random, row, "cache_ttl", String.valueOf(1 + random.nextInt(9)));
    maybe(random, row, "error_msg", "no" + id);
    maybe(random, row, "active", "0");
    if (row.containsKey("match_pattern")) {
      maybe(random, row, "replace_pattern", "<\\0>");
    }
    if (random.nextInt(6) == 0) {
      row.put("apply", "1");
    }
    return row;
  }

  private static void maybe(Random random, Map<String, String> row, String column, String value) {
    if (random.nextInt(4) == 0) {
      row.put(column, value);
    }
  }

  private static Map<String, String> actions(RouteDecision decision) {
    Map<String, String> actions = new HashMap<>();
    actions.put("flag", String.valueOf(decision.flag()));
    put(actions, "destination_hostgroup", decision.hostgroup());
    put(actions, "timeout", decision.timeoutMillis());
    put(actions, "cache_ttl", decision.cacheTtlMillis());
    if (decision.errorMessage() != null) {
      actions.put("error_msg", decision.errorMessage());
    }
    if (decision.rewritten() != null) {
      actions.put("text", decision.rewritten().toString());
    }
    return actions;
  }

  private static void put(Map<String, String> actions, String key, int value) {
    if (value != RouteDecision.UNSET) {
      actions.put(key, String.valueOf(value));
    }
  }

  /** The second implementation: maps of strings, java.util.regex, no shortcut. */
  private record Plain(List<Map<String, String>> rows, List<FastRoute> routes, int iterations) {
    Map<String, String> decide(Statement statement, SessionFacts facts) {
      Map<String, String> actions = new HashMap<>();
      String text = statement.text();
      int flag = facts.flagIn();
      boolean applied = false;
      int passes = iterations;
      List<Map<String, String>> left = sorted();
      while (!left.isEmpty()) {
        Map<String, String> row = left.removeFirst();
        if (!matches(row, text, statement, facts, flag)) {
          continue;
        }
        for (String action : List.of("destination_hostgroup", "timeout", "cache_ttl",
            "error_msg")) {
          if (row.containsKey(action)) {
            actions.put(action, value(row, action));
          }
        }
        if (row.containsKey("replace_pattern")) {
          var matcher = pattern(row, "match_pattern").matcher(text);
          text = modifiers(row).contains("GLOBAL")
              ? matcher.replaceAll("<$0>")
              : matcher.replaceFirst("<$0>");
          actions.put("text", text);
        }
        applied = row.containsKey("apply");
        if (row.containsKey("flagOUT")) {
          flag = Integer.parseInt(value(row, "flagOUT"));
        }
        if (applied) {
          break;
        }
        if (row.containsKey("flagOUT") && passes-- > 0) {
          left = sorted();
        }
      }
      FastRoute fast = applied ? null : fast(facts, flag);
      if (fast != null) {
        actions.put("destination_hostgroup", String.valueOf(fast.destinationHostgroup()));
      }
      if (!facts.mirror() && statement.text().startsWith("/* hostgroup=3 */")) {
        actions.put("destination_hostgroup", "3");
      }
      actions.put("flag", String.valueOf(flag));
      return actions;
    }

    private List<Map<String, String>> sorted() {
      List<Map<String, String>> all = new ArrayList<>(rows);
      all.sort(Comparator.comparingInt(row -> Integer.parseInt(value(row, "rule_id"))));
      all.removeIf(row -> value(row, "active").equals("0"));
      return all;
    }

    private static String value(Map<String, String> row, String column) {
      return Objects.requireNonNull(row.get(column));
    }

    private static String modifiers(Map<String, String> row) {
      return row.getOrDefault("re_modifiers", "CASELESS");
    }

    private static Pattern pattern(Map<String, String> row, String column) {
      return Pattern.compile(value(row, column),
          modifiers(row).contains("CASELESS") ? Pattern.CASE_INSENSITIVE : 0);
    }

    private static boolean matches(Map<String, String> row, String text, Statement statement,
        SessionFacts facts, int flag) {
      String address = row.getOrDefault("client_addr", "%");
      boolean addressFits = address.endsWith("%")
          ? facts.clientAddr().startsWith(address.substring(0, address.length() - 1))
          : facts.clientAddr().equals(address);
      boolean negated = row.containsKey("negate_match_pattern");
      return flag == Integer.parseInt(value(row, "flagIN")) && addressFits
          && fits(row, "username", facts.username()) && fits(row, "schemaname", facts.schemaname())
          && (facts.proxyAddr() == null || fits(row, "proxy_addr", facts.proxyAddr()))
          && (!row.containsKey("match_digest") || pattern(row, "match_digest")
              .matcher(Objects.requireNonNull(statement.digest()).text()).find() != negated)
          && (!row.containsKey("match_pattern")
              || pattern(row, "match_pattern").matcher(text).find() != negated);
    }

    private static boolean fits(Map<String, String> row, String column, String value) {
      String wanted = row.getOrDefault(column, "");
      return wanted.isEmpty() || wanted.equals(value);
    }

    private @Nullable FastRoute fast(SessionFacts facts, int flag) {
      FastRoute found = null;
      for (String user : List.of("", facts.username())) {
        for (FastRoute route : routes) {
          if (route.username().equals(user) && route.schemaname().equals(facts.schemaname())
              && route.flagIn() == flag) {
            found = route;
          }
        }
      }
      return found;
    }
  }
}
