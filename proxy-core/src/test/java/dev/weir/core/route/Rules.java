package dev.weir.core.route;

import dev.weir.core.sql.ClassificationCache;
import dev.weir.core.sql.DigestOptions;
import dev.weir.core.sql.SqlMode;
import dev.weir.core.sql.Statement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Rules and statements for tests. */
final class Rules {
  static final SessionFacts APP = new SessionFacts("app", "shop", "10.0.0.7", "127.0.0.1", 6033, 0,
      false);

  private Rules() {}

  /** A row as {@code column=value} pairs; active unless it says otherwise. */
  static Map<String, String> row(String... columns) {
    Map<String, String> row = new HashMap<>(Map.of("active", "1"));
    for (String column : columns) {
      int equals = column.indexOf('=');
      row.put(column.substring(0, equals), column.substring(equals + 1));
    }
    return row;
  }

  static RuleSet set(RouteOptions options, List<FastRoute> fastRoutes,
      List<Map<String, String>> rows) throws InvalidRuleException {
    List<QueryRule> rules = new ArrayList<>();
    for (Map<String, String> row : rows) {
      rules.add(QueryRule.fromColumns(row));
    }
    return RuleSet.compile(rules, fastRoutes, options);
  }

  @SafeVarargs
  static RuleSet set(Map<String, String>... rows) throws InvalidRuleException {
    List<Map<String, String>> list = new ArrayList<>();
    for (Map<String, String> row : rows) {
      list.add(row);
    }
    return set(RouteOptions.DEFAULTS, List.of(), list);
  }

  static Statement statement(String sql) {
    return statement(sql, DigestOptions.DEFAULTS);
  }

  static Statement statement(String sql, @Nullable DigestOptions digests) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    return new ClassificationCache(0, digests, new Random(1)).get(SqlMode.MYSQL, bytes, 0,
        bytes.length);
  }

  static RouteDecision decide(RuleSet set, String sql) {
    return Router.decide(set, statement(sql), APP, new Random(1));
  }
}
