package dev.weir.core.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Whatever stands in a file, reading it ends, and in nothing but a result or the exception for bad files. */
class ConfigFuzzTest {
  @FuzzTest
  void iniFile(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    Config config;
    try {
      // a file that includes anything includes itself
      config = ConfigReader.read(Texts.FILE, null, (file, from) -> text);
    } catch (ConfigException e) {
      if (e.getMessage() == null || e.problem().isEmpty()) {
        throw new AssertionError("an error that says nothing", e);
      }
      return;
    }
    if (!ReloadDiff.between(config, config).settings().isEmpty()) {
      throw new AssertionError("a configuration differs from itself");
    }
  }

  @FuzzTest
  void connectionString(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    try {
      for (ConnectionString.Pair pair : ConnectionString.parse(text)) {
        if (pair.value().isEmpty()) {
          throw new AssertionError("an empty value");
        }
      }
      DatabaseEntry entry = EntryReader.database("db", text);
      if (entry.port() < 1 || entry.port() > 65535) {
        throw new AssertionError("a port that is none");
      }
    } catch (BadValueException expected) {
      if (expected.problem().isEmpty()) {
        throw new AssertionError("an error that says nothing", expected);
      }
    }
  }

  @FuzzTest
  void hbaAndIdentFile(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    IdentMaps maps = HbaReader.maps(Path.of("ident"), text);
    HbaRules rules = HbaReader.rules(Path.of("hba"), text, maps, file -> {
      throw new IOException("no files here");
    });
    long lines = text.chars().filter(c -> c == '\n').count() + 1;
    if (rules.rules().size() > lines) {
      throw new AssertionError("more rules than lines");
    }
    rules.match(
        new HbaQuestion(HbaQuestion.Via.LOCAL, null, "db", "user", HbaQuestion.Replication.NONE));
  }

  @FuzzTest
  void userlist(byte[] data) {
    AuthFile file = AuthFile.parse(data);
    for (String user : file.users()) {
      if (user.getBytes(StandardCharsets.UTF_8).length > EntryReader.MAX_USER_NAME
          || file.secretOf(user) == null) {
        throw new AssertionError("a user that cannot be");
      }
    }
  }
}
