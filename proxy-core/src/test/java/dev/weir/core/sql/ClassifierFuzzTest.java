package dev.weir.core.sql;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.core.sql.SqlMode.Dialect;
import dev.weir.core.sql.SqlMode.WideBytes;

/** Whatever bytes come in, they are read to their end in a bounded number of steps, and something is known of them. */
class ClassifierFuzzTest {
  private static final SqlMode[] MODES = {SqlMode.MYSQL, SqlMode.POSTGRESQL,
    new SqlMode(Dialect.MYSQL, true, false, WideBytes.SJIS),
    new SqlMode(Dialect.POSTGRESQL, true, true, WideBytes.GBK)};

  @FuzzTest
  void readsToTheEnd(byte[] sql) {
    for (SqlMode mode : MODES) {
      Lexer lexer = new Lexer(mode);
      lexer.open(sql, 0, sql.length);
      int end = 0;
      int tokens = 0;
      while (lexer.next() != Token.END) {
        if (lexer.start() < end || lexer.end() <= lexer.start() || lexer.end() > sql.length
            || ++tokens > sql.length) {
          throw new AssertionError("a token that stands nowhere");
        }
        end = lexer.end();
        if (lexer.value().length() > sql.length) {
          throw new AssertionError("more than was there");
        }
      }
    }
  }

  @FuzzTest
  void classifies(byte[] sql) {
    for (SqlMode mode : MODES) {
      if (mode.dialect() == Dialect.MYSQL) {
        Classification one = new MySqlClassifier(mode).classify(sql, 0, sql.length);
        if (one.statements() > sql.length || one.effects().size() > 2 * sql.length
            || one.commands().size() != Math.min(one.statements(), Classification.MAX_COMMANDS)) {
          throw new AssertionError("more than there can be: " + one);
        }
      }
    }
  }
}
