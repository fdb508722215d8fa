package dev.weir.app;

import dev.weir.core.config.Config;
import dev.weir.core.config.ConfigReader;
import dev.weir.core.config.PoolMode;
import dev.weir.core.config.PoolSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

final class SampleFilesTest {
  private static final Path CONF = Path
      .of(System.getProperty("weir.checkout", System.getProperty("user.dir") + "/.."))
      .resolve("conf");

  @TempDir Path folder;

  @Test
  void theSampleIsReadAsItStands() throws Exception {
    Config config = ConfigReader.readAtStart(CONF.resolve("weir.ini"), 0);
    assertThat(config.get(PoolSettings.POOL_MODE)).isEqualTo(PoolMode.SESSION);
    assertThat(config.warnings()).allMatch(warning -> warning.contains("/etc/weir/userlist.txt"));
  }

  @Test
  void everyLineOfTheSampleThatIsOffCanBeTurnedOn() throws Exception {
    List<String> lines = Files.readAllLines(CONF.resolve("weir.ini")).stream()
        .map(SampleFilesTest::turnedOn).toList();
    Path file = Files.write(folder.resolve("weir.ini"), lines);
    Config config = ConfigReader.readAtStart(file, 0);
    assertThat(config.databases()).containsKey("app");
    assertThat(config.template()).isNotNull();
  }

  @Test
  void theSampleUserlistIsRead() throws Exception {
    Path users = Files.write(folder.resolve("users"),
        Files.readAllLines(CONF.resolve("userlist.txt")).stream().map(SampleFilesTest::turnedOn)
            .toList());
    Path file = Files.writeString(folder.resolve("weir.ini"),
        "[pgbouncer]\nauth_file = " + users + "\n");
    assertThat(ConfigReader.readAtStart(file, 0).authFile().users()).containsExactly("app");
  }

  @Test
  void theServiceUnitStartsTheLauncher() throws IOException {
    assertThat(Files.readString(CONF.resolve("weir.service")))
        .contains("ExecStart=/opt/weir/bin/weir ", "Type=notify\n");
  }

  private static String turnedOn(String line) {
    return line.startsWith(";") && !line.startsWith(";;") ? line.substring(1) : line;
  }
}
