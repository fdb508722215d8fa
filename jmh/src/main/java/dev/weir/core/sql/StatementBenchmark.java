package dev.weir.core.sql;

import java.nio.charset.StandardCharsets;
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

/** What it costs to know a statement: its digest, its tokens, its classification, and all of it from the cache. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StatementBenchmark {
  /** A point read, a join of an ORM, a bulk insert of 500 rows. */
  @Param({"point", "join", "bulk"}) public String statement = "point";

  private final Digester digester = new Digester(DigestOptions.DEFAULTS);
  private final Lexer lexer = new Lexer(SqlMode.MYSQL);
  private final MySqlClassifier classifier = new MySqlClassifier(SqlMode.MYSQL);
  private final ClassificationCache cache = new ClassificationCache(1 << 22,
      DigestOptions.DEFAULTS, new Random(1));
  private byte[] sql = {};

  @Setup
  public void make() {
    String text = switch (statement) {
      case "point" -> "SELECT c FROM sbtest1 WHERE id=50123";
      case "join" ->
        "SELECT `posts`.`id` AS t0_r0, `posts`.`title` AS t0_r1, `users`.`name` AS t1_r1"
            + " FROM `posts` LEFT OUTER JOIN `users` ON `users`.`id` = `posts`.`user_id` WHERE"
            + " `posts`.`deleted_at` IS NULL AND `posts`.`id` IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)"
            + " AND `users`.`email` = 'someone@example.org' ORDER BY `posts`.`id` DESC LIMIT 20";
      default -> "INSERT INTO t (a, b, c, d, e) VALUES "
          + "(1, 'abc', 3.5, NULL, '2026-01-01 00:00:00'),".repeat(499) + "(1,2,3,4,5)";
    };
    sql = text.getBytes(StandardCharsets.UTF_8);
  }

  @Benchmark
  public Digest digest() {
    return digester.digest(sql, 0, sql.length);
  }

  @Benchmark
  public int tokens() {
    lexer.open(sql, 0, sql.length);
    int count = 0;
    while (lexer.next() != Token.END) {
      count++;
    }
    return count;
  }

  @Benchmark
  public Classification classify() {
    return classifier.classify(sql, 0, sql.length);
  }

  @Benchmark
  public Statement cacheHit() {
    return cache.get(SqlMode.MYSQL, sql, 0, sql.length);
  }
}
