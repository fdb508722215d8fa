package dev.weir.core.config;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The section {@code [mysql_databases]}. */
class MysqlDatabasesTest {
  private static final String WATCHED = "\n[weir]\nmysql_monitor_user = watch\n";

  private static Config read(String line) throws ConfigException {
    return Texts.read("[mysql_databases]\n" + line + "\n[pgbouncer]\n" + WATCHED);
  }

  private static MysqlDatabaseEntry chat(String keys) throws ConfigException {
    return Objects.requireNonNull(read("chat = " + keys).mysqlDatabases().get("chat"));
  }

  private static ConfigException refused(String text) {
    return assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Texts.read(text))
        .actual();
  }

  @Test
  void aLineDeclaresADatabase() throws ConfigException {
    MysqlDatabaseEntry chat = chat("host=g1,g2:3307 port=3310 dbname=chat_live user=app "
        + "password='it''s' topology=galera read_write_split=on max_writers=2 use_ssl=on "
        + "pool_size=7 min_pool_size=1 max_db_connections=9 max_db_client_connections=11 "
        + "server_lifetime=60 query_wait_timeout=5 pool_mode=transaction "
        + "connect_query='SET sql_mode=''ANSI'''");

    assertThat(chat).isEqualTo(
        new MysqlDatabaseEntry(chat.common(), MysqlTopology.GALERA, true, 2, true));
    assertThat(chat.servers()).containsExactly(new HostPort("g1", 3310), new HostPort("g2", 3307));
    assertThat(chat.common()).isEqualTo(new DatabaseEntry("chat", "chat_live",
        chat.common().hosts(), 3310, "app", "it's", null, null, null, null, null, null, null, 7, 1,
        null, 9, 11, Duration.ofSeconds(60), Duration.ofSeconds(5), PoolMode.TRANSACTION,
        LoadBalanceHosts.ROUND_ROBIN, "SET sql_mode='ANSI'", null));
  }

  @Test
  void whatIsLeftOutIsInheritedOrPlain() throws ConfigException {
    Config config = read("chat = host=db1");
    MysqlDatabaseEntry chat = chat("host=db1");

    assertThat(chat.servers()).containsExactly(new HostPort("db1", 3306));
    assertThat(chat.topology()).isEqualTo(MysqlTopology.SINGLE);
    assertThat(chat.readWriteSplit()).isFalse();
    assertThat(chat.common().serverDatabase()).isEqualTo("chat");
    assertThat(config.poolSize(chat.common(), "app")).isEqualTo(20);
    assertThat(config.poolMode(chat.common(), "app")).isEqualTo(PoolMode.SESSION);
  }

  @Test
  void theStarStandsForAllOtherNames() throws ConfigException {
    Config config = read("* = host=db1");

    assertThat(config.mysqlDatabases()).isEmpty();
    MysqlDatabaseEntry template = Objects.requireNonNull(config.mysqlTemplate());
    assertThat(template.instantiate("shop").common().serverDatabase()).isEqualTo("shop");
    assertThat(config.hasMysqlDatabases()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"db1|db1|3306", "db1:1|db1|1",
    "10.0.0.1:65535|10.0.0.1|65535", "::1|::1|3306", "[::1]|::1|3306", "[::1]:3307|::1|3307",
    "/run/mysqld.sock|/run/mysqld.sock|0"})
  void aHostMayHaveAPortOfItsOwn(String host, String name, int port) throws ConfigException {
    assertThat(chat("host=" + host).servers()).containsExactly(new HostPort(name, port));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
    "chat = dbname=chat|a MySQL database needs a host",
    "chat = host=a,,b|has an empty name in it",
    "chat = host=a:0|invalid host: \"a:0\"",
    "chat = host=a:b|invalid host: \"a:b\"",
    "chat = host=[::1|invalid host: \"[::1\"",
    "chat = host=@abstract|invalid host: \"@abstract\"",
    "chat = host=a port=0|invalid port: 0",
    "chat = host=a hots=b|unrecognized connection parameter: hots",
    "chat = host=a timezone=x|timezone is a key of [databases] and not of [mysql_databases]",
    "chat = host=a reserve_pool_size=1|reserve_pool_size is a key of [databases] and not of",
    "chat = host=a topology=ring|topology \"ring\" is not known; allowed: one of single, galera",
    "chat = host=a read_write_split=maybe|read_write_split \"maybe\" is not a switch",
    "chat = host=a read_write_split=on|read_write_split=on needs a topology with readers",
    "chat = host=a topology=galera read_write_split=on pool_mode=session|the first server is kept",
    "chat = host=a topology=galera read_write_split=on|in session mode the first server is kept",
    "chat = host=a topology=galera max_writers=0|max_writers \"0\"",
    "chat = host=a max_writers=2|max_writers needs topology=galera or topology=group_replication",
    "chat = host=a password=x|password needs user",
    "chat = host=a pool_mode=often|invalid pool mode: often",
    "chat = host=a pool_size=many|pool_size \"many\" is not a whole number",
    "pgbouncer = host=a|database name \"pgbouncer\" is reserved",
    "hostgroup_1 = host=a|reserved for the hostgroups of mysql_servers",
    "chat|expected key = value"})
  void aMistakeIsAnErrorWithItsLine(String line, String problem) {
    assertThat(refused("[mysql_databases]\n" + line + "\n[pgbouncer]\n" + WATCHED))
        .hasMessageContaining(problem).hasMessageStartingWith("weir.ini:2: ");
  }

  @Test
  void aNameIsNoLongerThanASchemas() {
    assertThat(refused("[mysql_databases]\n" + "x".repeat(65) + " = host=a\n[pgbouncer]\n"))
        .hasMessageContaining("database name is longer than 64 bytes");
  }

  @Test
  void aNameIsADatabaseOfOneProtocol() {
    assertThat(refused(
        "[databases]\napp = host=p\n[pgbouncer]\n[mysql_databases]\napp = host=m\n"))
        .hasMessage("weir.ini:5: [mysql_databases] app: [databases] has one of the same name: "
            + "commands of the console could mean either");
  }

  @Test
  void aTopologyNeedsSomebodyWhoWatchesIt() {
    assertThat(refused("[mysql_databases]\nchat = host=a topology=replication\n[pgbouncer]\n"))
        .hasMessageContaining("topology=replication needs checks of the servers: "
            + "set [weir] mysql_monitor_user");
  }

  @Test
  void aReloadTellsWhatChanged() throws ConfigException {
    ReloadDiff diff = ReloadDiff.between(read("a = host=h\nb = host=h"),
        read("b = host=other\nc = host=h\n* = host=h"));

    assertThat(diff.mysqlChanged()).containsExactly("*", "a", "b", "c");
    assertThat(diff.describe()).contains("MySQL database b: changed");
  }

  @Test
  void passwordsStayOutOfTexts() throws ConfigException {
    assertThat(chat("host=a user=u password=geheim").toString()).doesNotContain("geheim");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"secret|true",
    "*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9|true", "$A$005$abc|true", "''|false",
    "md5d41d8cd98f00b204e9800998ecf8427e|false", "SCRAM-SHA-256$4096:salt$a:b|false",
    "md5 is no hash|true"})
  void hashesOfPostgresAreNoSecretsHere(String secret, boolean usable) {
    assertThat(MysqlSecrets.usable(secret)).isEqualTo(usable);
  }
}
