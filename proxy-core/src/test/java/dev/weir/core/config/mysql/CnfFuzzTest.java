package dev.weir.core.config.mysql;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Whatever stands in a file, reading it ends, and in nothing but a result or the exception for bad files. */
class CnfFuzzTest {
  private static final String[] PIECES = {"mysql_servers", "mysql_variables", "threads", "hostname",
    "hostgroup", "=", ":", ";", ",", "{", "}", "(", ")", "[", "]", "\"a\"", "\"", "1", "-", "0x1f",
    "true", "@include", " ", "\n", "#", "//", "/*", "*/", "\\", "1e5", "9999999999L", "ü"};

  @FuzzTest
  void reads(byte[] data) {
    check(new String(data, StandardCharsets.UTF_8));
  }

  @Test
  void readsRandomSentences() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20261124);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int pieces = random.nextInt(20);
      for (int n = 0; n < pieces; n++) {
        text.append(PIECES[random.nextInt(PIECES.length)]).append(random.nextBoolean() ? " " : "");
      }
      check(text.toString());
    }
  }

  private static void check(String text) {
    try {
      CnfFile file = CnfReader.read("a.cnf", text, name -> text);
      MysqlVariables.defaults().with(file.variables());
    } catch (CnfException expected) {
      if (expected.problem().isEmpty()) {
        throw new AssertionError("an error that says nothing", expected);
      }
    }
  }
}
