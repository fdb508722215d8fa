package dev.weir.core.config;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ProductionFileTest {
  private static Path file() throws URISyntaxException {
    return Path.of(Objects
        .requireNonNull(ProductionFileTest.class.getResource("/production-pgbouncer.ini")).toURI());
  }

  @Test
  void aPgbouncerFileIsReadAsItStands() throws Exception {
    Config config = ConfigReader.read(file(), null);

    assertThat(config.file()).isEqualTo(file());
    assertThat(config.databases().keySet()).containsExactly("app_db", "tether_prod");
    DatabaseEntry app = Objects.requireNonNull(config.databases().get("app_db"));
    assertThat(app.hosts()).containsExactly("127.0.0.1");
    assertThat(app.port()).isEqualTo(5432);
    assertThat(app.serverDatabase()).isEqualTo("app_db");
    assertThat(config.get(ProcessSettings.LISTEN_ADDR)).isEqualTo(List.of("127.0.0.1"));
    assertThat(config.get(ProcessSettings.LISTEN_PORT)).isEqualTo(6432);
    assertThat(config.get(AuthSettings.AUTH_TYPE)).isEqualTo(AuthType.SCRAM_SHA_256);
    assertThat(config.poolMode(app, "anybody")).isEqualTo(PoolMode.SESSION);
    assertThat(config.poolSize(app, "anybody")).isEqualTo(50);
    assertThat(config.minPoolSize(app)).isEqualTo(10);
    assertThat(config.reservePoolSize(app, "anybody")).isEqualTo(20);
    assertThat(config.get(PoolSettings.RESERVE_POOL_TIMEOUT)).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.get(ProcessSettings.MAX_CLIENT_CONN)).isEqualTo(2000);
    assertThat(config.serverLifetime(app)).isEqualTo(Duration.ofHours(1));
    assertThat(config.get(PoolSettings.SERVER_IDLE_TIMEOUT)).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.isAdmin("pgbouncer_admin")).isTrue();
    assertThat(config.isStats("pgbouncer_stats")).isTrue();
    assertThat(config.isAdmin("pgbouncer_stats")).isFalse();
  }

  @Test
  void aMissingUserlistIsAWarningThatNamesIt(@TempDir Path folder) throws Exception {
    Path users = folder.resolve("nobody.txt");
    String text = Files.readString(file()).replace("/etc/pgbouncer/userlist.txt", users.toString());
    Config config = ConfigReader.read(Files.writeString(folder.resolve("pgbouncer.ini"), text),
        null);

    assertThat(config.authFile().users()).isEmpty();
    assertThat(config.warnings())
        .containsExactly("could not open auth_file " + users + ": No such file or directory");
  }
}
