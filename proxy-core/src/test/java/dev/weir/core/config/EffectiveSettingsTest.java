package dev.weir.core.config;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EffectiveSettingsTest {
  private static final String FILE = """
      [databases]
      plain =
      own = pool_size=7 min_pool_size=2 reserve_pool_size=3 max_db_connections=4 max_db_client_connections=5 \
      server_lifetime=6 query_wait_timeout=0 pool_mode=statement auth_user=da auth_dbname=dd auth_query='select d'
      inheriting = pool_size=-1 max_db_connections=0 server_lifetime=0 query_wait_timeout=-1
      unlimited = pool_size=0
      [users]
      special = pool_mode=transaction pool_size=0 reserve_pool_size=1 max_user_connections=8 \
      max_user_client_connections=9 query_timeout=10 idle_transaction_timeout=11 transaction_timeout=12 \
      client_idle_timeout=13 query_wait_timeout=14
      zero = query_timeout=0 query_wait_timeout=0 max_user_connections=0
      [pgbouncer]
      default_pool_size = 20
      min_pool_size = 1
      reserve_pool_size = 2
      max_db_connections = 30
      max_db_client_connections = 31
      max_user_connections = 32
      max_user_client_connections = 33
      server_lifetime = 0.5
      query_timeout = 40
      idle_transaction_timeout = 41
      transaction_timeout = 42
      client_idle_timeout = 43
      query_wait_timeout = 44
      auth_user = ga
      auth_query = select g
      """;

  private static Config config() throws ConfigException {
    return Texts.read(FILE);
  }

  private static DatabaseEntry database(String name) throws ConfigException {
    return Objects.requireNonNull(config().databases().get(name));
  }

  @Test
  void sizesAndModeAreThoseOfTheUserElseTheDatabaseElseGlobal() throws ConfigException {
    Config config = config();

    assertThat(config.poolSize(database("own"), "special")).isZero();
    assertThat(config.poolSize(database("own"), "other")).isEqualTo(7);
    assertThat(config.poolSize(database("plain"), "other")).isEqualTo(20);
    assertThat(config.poolSize(database("inheriting"), null)).isEqualTo(20);
    assertThat(config.poolSize(database("unlimited"), null)).isZero();
    assertThat(config.reservePoolSize(database("own"), "special")).isEqualTo(1);
    assertThat(config.reservePoolSize(database("own"), "other")).isEqualTo(3);
    assertThat(config.reservePoolSize(database("plain"), "other")).isEqualTo(2);
    assertThat(config.minPoolSize(database("own"))).isEqualTo(2);
    assertThat(config.minPoolSize(database("plain"))).isEqualTo(1);
    assertThat(config.poolMode(database("own"), "special")).isEqualTo(PoolMode.TRANSACTION);
    assertThat(config.poolMode(database("own"), "other")).isEqualTo(PoolMode.STATEMENT);
    assertThat(config.poolMode(database("plain"), "other")).isEqualTo(PoolMode.SESSION);
  }

  @Test
  void limitsOfZeroInheritTheGlobalOnes() throws ConfigException {
    Config config = config();

    assertThat(config.maxDbConnections(database("own"))).isEqualTo(4);
    assertThat(config.maxDbConnections(database("inheriting"))).isEqualTo(30);
    assertThat(config.maxDbClientConnections(database("own"))).isEqualTo(5);
    assertThat(config.maxDbClientConnections(database("plain"))).isEqualTo(31);
    assertThat(config.maxUserConnections("special")).isEqualTo(8);
    assertThat(config.maxUserConnections("zero")).isEqualTo(32);
    assertThat(config.maxUserClientConnections("special")).isEqualTo(9);
    assertThat(config.maxUserClientConnections("other")).isEqualTo(33);
  }

  @Test
  void aLimitBelowZeroIsNoLimit() throws ConfigException {
    Config config = Texts.settings("default_pool_size=-1\nmax_user_connections=-1");

    assertThat(config.poolSize(database("plain"), null)).isZero();
    assertThat(config.maxUserConnections("other")).isZero();
  }

  @Test
  void timesOfAUserOverrideInBothDirectionsAndZeroInherits() throws ConfigException {
    Config config = config();

    assertThat(config.queryTimeout("special")).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.queryTimeout("zero")).isEqualTo(Duration.ofSeconds(40));
    assertThat(config.idleTransactionTimeout("special")).isEqualTo(Duration.ofSeconds(11));
    assertThat(config.idleTransactionTimeout(null)).isEqualTo(Duration.ofSeconds(41));
    assertThat(config.transactionTimeout("special")).isEqualTo(Duration.ofSeconds(12));
    assertThat(config.transactionTimeout("other")).isEqualTo(Duration.ofSeconds(42));
    assertThat(config.clientIdleTimeout("special")).isEqualTo(Duration.ofSeconds(13));
    assertThat(config.clientIdleTimeout("other")).isEqualTo(Duration.ofSeconds(43));
  }

  @Test
  void aWaitOfZeroIsNoLimitForThatUserOrDatabase() throws ConfigException {
    Config config = config();

    assertThat(config.queryWaitTimeout(database("own"), "special"))
        .isEqualTo(Duration.ofSeconds(14));
    assertThat(config.queryWaitTimeout(database("own"), "other")).isZero();
    assertThat(config.queryWaitTimeout(database("plain"), "zero")).isZero();
    assertThat(config.queryWaitTimeout(database("inheriting"), "other"))
        .isEqualTo(Duration.ofSeconds(44));
  }

  @Test
  void aDatabaseCannotUseServersOnceButAllCan() throws ConfigException {
    assertThat(config().serverLifetime(database("own"))).isEqualTo(Duration.ofSeconds(6));
    assertThat(config().serverLifetime(database("inheriting"))).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void authQueryRunsWhereTheDatabaseSaysElseGloballyElseInTheDatabaseItself()
      throws ConfigException {
    Config config = config();

    assertThat(config.authUser(database("own"))).isEqualTo("da");
    assertThat(config.authUser(database("plain"))).isEqualTo("ga");
    assertThat(config.authQuery(database("own"))).isEqualTo("select d");
    assertThat(config.authQuery(database("plain"))).isEqualTo("select g");
    assertThat(config.authDbname(database("own"))).isEqualTo("dd");
    assertThat(config.authDbname(database("plain"))).isEqualTo("plain");
    assertThat(config.with("auth_dbname", "elsewhere").authDbname(database("plain")))
        .isEqualTo("elsewhere");
    assertThat(Texts.settings("").authUser(database("plain"))).isNull();
  }

  @Test
  void aPeerHasThePoolSizeOfAllUnlessItHasItsOwn() throws ConfigException {
    Config config = config();

    assertThat(config.peerPoolSize(new PeerEntry(1, "h", 1, null))).isEqualTo(20);
    assertThat(config.peerPoolSize(new PeerEntry(1, "h", 1, 3))).isEqualTo(3);
  }

  @Test
  void theConfigurationKnowsEveryUserItNames() throws ConfigException {
    Config config = Texts.read("""
        [databases]
        a = user=forced auth_user=asker
        * = user=other
        [users]
        listed =
        [pgbouncer]
        auth_user = global
        """);

    assertThat(config.knownUsers()).containsExactlyInAnyOrder("forced", "asker", "other", "listed",
        "global");
  }
}
