package dev.weir.core.config;

import dev.weir.core.config.ConnectionString.Pair;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EntriesTest {
  private static ConfigException refused(String section, String line) {
    return assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Texts.read("[" + section + "]\n" + line + "\n[pgbouncer]\n")).actual();
  }

  @Test
  void pairsAreSeparatedBySpaces() throws BadValueException {
    assertThat(ConnectionString.parse("  host=a   port = 1 dbname= x  "))
        .containsExactly(new Pair("host", "a"), new Pair("port", "1"), new Pair("dbname", "x"));
    assertThat(ConnectionString.parse("")).isEmpty();
  }

  @Test
  void aTabIsPartOfAValue() throws BadValueException {
    assertThat(ConnectionString.parse("host=a\tport=1"))
        .containsExactly(new Pair("host", "a\tport=1"));
  }

  @Test
  void quotedValuesHoldSpacesAndTwoQuotesMeanOne() throws BadValueException {
    assertThat(ConnectionString.parse("connect_query='select ''a = b''' user='x\\'"))
        .containsExactly(
            new Pair("connect_query", "select 'a = b'"), new Pair("user", "x\\"));
  }

  @Test
  void aQuoteInsideAnUnquotedValueIsData() throws BadValueException {
    assertThat(ConnectionString.parse("password=a'b")).containsExactly(new Pair("password", "a'b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "host=", "host= ", "host=''", "host='a", "host='a'b", "host a=b",
    "host='a''",
    "postgres://h/db"})
  void whatIsNoPairIsASyntaxError(String line) {
    ConfigException e = refused("databases", "db = " + line);

    assertThat(e.getMessage())
        .isEqualTo("weir.ini:2: [databases] db: syntax error in connection string");
    assertThat(e.originalLogLine()).isEqualTo("syntax error in connection string");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "Host=a|unrecognized connection parameter: Host",
    "sslmode=require|unrecognized connection parameter: sslmode",
    "port=0|invalid port: 0",
    "port=65536|invalid port: 65536",
    "port=5432x|invalid port: 5432x",
    "port=-1|invalid port: -1",
    "pool_mode=none|invalid pool mode: none",
    "load_balance_hosts=random|invalid load_balance_hosts: random"})
  void mistakesInADatabaseHaveTheOriginalText(String line, String text) {
    ConfigException e = refused("databases", "db = " + line);

    assertThat(e.originalLogLine()).isEqualTo(text);
    assertThat(e.getMessage()).isEqualTo("weir.ini:2: [databases] db: " + text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pool_size=many", "pool_size=-2", "pool_size=0x10", "min_pool_size=1.5",
    "server_lifetime=1h", "query_wait_timeout=0.5", "max_db_connections=99999999999", "host=a,,b",
    "host=,"})
  void otherWrongValuesAreErrorsToo(String line) {
    String key = line.substring(0, line.indexOf('='));

    assertThat(refused("databases", "db = " + line).problem()).contains(key);
  }

  @Test
  void theNameOfTheConsoleIsReserved() {
    assertThat(refused("databases", "pgbouncer = port=1").originalLogLine())
        .isEqualTo("database name \"pgbouncer\" is reserved");
  }

  @Test
  void aDatabaseHasTwentyThreeKeys() throws ConfigException {
    DatabaseEntry entry = Texts
        .database("db = dbname=d host=h port=1 user=u password=p auth_user=au auth_dbname=ad"
            + " auth_query='select 1' client_encoding=ce datestyle=ds timezone=tz application_name=an pool_size=2"
            + " min_pool_size=3 reserve_pool_size=4 max_db_connections=5 max_db_client_connections=6 server_lifetime=7"
            + " query_wait_timeout=8 pool_mode=Statement load_balance_hosts=Disable connect_query='select 2'");

    assertThat(entry).isEqualTo(
        new DatabaseEntry("db", "d", List.of("h"), 1, "u", "p", "au", "ad", "select 1", "ce",
            "ds", "tz", "an", 2, 3, 4, 5, 6, Duration.ofSeconds(7), Duration.ofSeconds(8),
            PoolMode.STATEMENT,
            LoadBalanceHosts.DISABLE, "select 2", null));
    assertThat(Texts.database("db = reserve_pool=9").reservePoolSize()).isEqualTo(9);
    assertThat(EntryKeys.DATABASES).hasSize(24);
    assertThat(EntryKeys.USERS).hasSize(11);
    assertThat(EntryKeys.PEERS).hasSize(3);
  }

  @Test
  void anEmptyDatabaseIsTheOneOfThatNameOnTheUnixSocket() throws ConfigException {
    DatabaseEntry entry = Texts.database("db =");

    assertThat(entry.serverDatabase()).isEqualTo("db");
    assertThat(entry.host()).isNull();
    assertThat(entry.port()).isEqualTo(5432);
    assertThat(entry.loadBalanceHosts()).isEqualTo(LoadBalanceHosts.ROUND_ROBIN);
    assertThat(entry.poolMode()).isNull();
    assertThat(entry.poolSize()).isNull();
  }

  @Test
  void severalHostsHaveCommasBetweenThem() throws ConfigException {
    DatabaseEntry entry = Texts.database("db = host=a,::1,/run/pg,@pg");

    assertThat(entry.hosts()).containsExactly("a", "::1", "/run/pg", "@pg");
    assertThat(entry.host()).isEqualTo("a,::1,/run/pg,@pg");
  }

  @Test
  void theStarIsATemplateForOtherNames() throws ConfigException {
    Config config = Texts.read("[databases]\n* = host=h\na = port=1\n[pgbouncer]\n");

    assertThat(config.databases().keySet()).containsExactly("a");
    DatabaseEntry template = Objects.requireNonNull(config.template());
    assertThat(template.instantiate("x").serverDatabase()).isEqualTo("x");
    assertThat(template.instantiate("x").name()).isEqualTo("x");
    assertThat(Texts.read("[pgbouncer]\n").template()).isNull();
  }

  @Test
  void aTemplateMaySendEverybodyToOneDatabase() throws ConfigException {
    DatabaseEntry template = Objects
        .requireNonNull(Texts.read("[databases]\n* = dbname=one\n[pgbouncer]\n").template());

    assertThat(template.instantiate("x").serverDatabase()).isEqualTo("one");
  }

  @Test
  void namesAndPasswordsHaveTheLimitsOfTheWireInBytes() throws ConfigException {
    String name = "é".repeat(31) + "x";
    assertThat(Texts.read("[databases]\n'" + name + "' =\n[pgbouncer]\n").databases())
        .containsKey(name);
    assertThat(refused("databases", "'" + name + "x' =").problem())
        .isEqualTo("database name is longer than 63 bytes");

    assertThat(Texts.read("[users]\n" + "u".repeat(127) + " =\n[pgbouncer]\n").users()).hasSize(1);
    assertThat(refused("users", "u".repeat(128) + " =").problem())
        .isEqualTo("user name is longer than 127 bytes");

    assertThat(Texts.database("db = password=" + "p".repeat(65530)).password()).hasSize(65530);
    assertThat(refused("databases", "db = password=" + "p".repeat(65531)).problem())
        .isEqualTo("password is longer than 65530 bytes");
    assertThat(refused("databases", "db = user=" + "u".repeat(128)).problem())
        .isEqualTo("user is longer than 127 bytes");
    assertThat(refused("databases", "db = dbname=" + "d".repeat(64)).problem())
        .isEqualTo("dbname is longer than 63 bytes");
  }

  @Test
  void aPasswordIsNeverPrinted() throws ConfigException {
    assertThat(Texts.database("db = password=hunter2")).asString().doesNotContain("hunter2");
  }

  @Test
  void aUserHasTenKeys() throws ConfigException {
    Config config = Texts.read(
        "[users]\nu = pool_mode=transaction pool_size=1 reserve_pool_size=2 max_user_connections=3"
            + " transaction_timeout=4 idle_transaction_timeout=5 query_timeout=6 query_wait_timeout=7"
            + " client_idle_timeout=8 max_user_client_connections=9\nempty =\n[pgbouncer]\n");

    assertThat(config.users().get("u")).isEqualTo(new UserEntry("u", PoolMode.TRANSACTION, 1, 2, 3,
        Duration.ofSeconds(4), Duration.ofSeconds(5), Duration.ofSeconds(6), Duration.ofSeconds(7),
        Duration.ofSeconds(8), 9, null));
    assertThat(config.users().get("empty")).isEqualTo(
        new UserEntry("empty", null, null, null, null, null, null, null, null, null, null, null));
  }

  @Test
  void aUserTakesNoKeysOfADatabase() {
    assertThat(refused("users", "u = min_pool_size=1").originalLogLine())
        .isEqualTo("unrecognized user parameter: min_pool_size");
  }

  @Test
  void peersHaveANumberAHostAndDefaults() throws ConfigException {
    Config config = Texts
        .read("[peers]\n1 = host=/run/one\n65535 = host=h port=7 pool_size=8\n[pgbouncer]\n");

    assertThat(config.peers().values()).containsExactly(new PeerEntry(1, "/run/one", 6432, null),
        new PeerEntry(65535, "h", 7, 8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 = host=h", "65536 = host=h", "x = host=h", "-1 = host=h", "1 = port=1",
    "1 =",
    "1 = host=h dbname=x"})
  void aPeerWithoutNumberOrHostIsAnError(String line) {
    assertThat(refused("peers", line).line()).isEqualTo(2);
  }
}
