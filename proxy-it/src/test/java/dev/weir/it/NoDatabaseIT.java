package dev.weir.it;

import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Databases that do not exist, for users that only the server knows: who has not shown his password does not learn which
 * exist (PgBouncer's test_no_database.py; the users of files are in {@link AuthIT}).
 */
final class NoDatabaseIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("auth_type", "md5")
      .set("auth_user", "postgres")
      .database("p0")
      .login("postgres", "${password}").login("bob", "secret");

  @BeforeAll
  static void role() throws SQLException {
    postgres.execute("create role sam login password 'pw'");
  }

  private String refused(String user, String password, String database) {
    return WeirServer.text(proxy.refusal(user, password, database));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "md5", "scram-sha-256"})
  void withoutATemplateNobodyIsLookedUp(String authType) throws SQLException {
    proxy.set("auth_type", authType).reload();
    assertThat(refused("sam", "pw", "nosuchdb")).endsWith("authentication failed");
    assertThat(refused("sam", "wrong", "nosuchdb")).endsWith("authentication failed");
    assertThat(refused("bob", "wrong", "nosuchdb")).endsWith("authentication failed");
    assertThat(refused("bob", "secret", "nosuchdb")).isEqualTo("no such database: nosuchdb");
    assertThat(proxy.show("SERVERS")).isEmpty();
    proxy.awaitLog("C-0x\\S+ \\S+ closing because: no such database: nosuchdb", 1);
  }

  @Test
  void aTemplatesDatabaseThatTheServerDoesNotHaveIsTheServersToTell() throws SQLException {
    proxy.databaseLine("*", "host=${host} port=${port}").reload();
    assertThat(refused("sam", "pw", "nosuchdb")).contains("database \"nosuchdb\" does not exist");
    proxy.databaseLine("*", "host=${host} port=${port} auth_dbname=p0").reload();
    assertThat(refused("sam", "wrong", "nosuchdb2")).endsWith("authentication failed");
    assertThat(refused("sam", "pw", "nosuchdb2"))
        .isEqualTo("database \"nosuchdb2\" does not exist");
    proxy.awaitLog("server login failed: FATAL database \"nosuchdb2\" does not exist", 1);
  }
}
