package dev.weir.core.route;

import dev.weir.core.sql.ClassificationCache;
import dev.weir.core.sql.DigestOptions;
import dev.weir.core.sql.SqlMode;
import dev.weir.core.sql.Statement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A decision with as many rules as there are, of which the last one matches. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouterBenchmark {
  @Param({"0", "2", "10", "100"}) public int rules;

  /** Whether the rules' patterns are plain text and dots, or have groups, for which an engine runs each time. */
  @Param({"plain", "groups"}) public String patterns = "plain";

  private final SessionFacts facts = new SessionFacts("app", "shop", "10.0.0.7", "127.0.0.1", 6033,
      0, false);
  private final Random random = new Random(1);
  private final DecisionMemo memo = new DecisionMemo();
  private RuleSet set = RuleSet.EMPTY;
  private Statement statement = statement("SELECT c FROM sbtest1 WHERE id=50123");

  private static Statement statement(String sql) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    return new ClassificationCache(0, DigestOptions.DEFAULTS, new Random(1)).get(SqlMode.MYSQL,
        bytes, 0, bytes.length);
  }

  @Setup
  public void make() throws InvalidRuleException {
    List<QueryRule> list = new ArrayList<>();
    for (int i = 1; i <= rules; i++) {
      String own = patterns.equals("plain")
          ? "^SELECT.*FROM table_" + i + " .*FOR UPDATE"
          : "^(SELECT|UPDATE).*(FROM|INTO) table_" + i + "\\b";
      list.add(QueryRule.fromColumns(Map.of("rule_id", String.valueOf(i), "active", "1",
          "match_digest", i == rules ? "^SELECT" : own, "destination_hostgroup", "2", "apply",
          "1")));
    }
    set = RuleSet.compile(list, List.of(), RouteOptions.DEFAULTS);
  }

  /** As a worker does it: a statement, or its digest, that was decided before. */
  @Benchmark
  public RouteDecision decideAgain() {
    return memo.decide(set, statement, facts, random);
  }

  @Benchmark
  public RouteDecision decide() {
    return Router.decide(set, statement, facts, random);
  }
}
