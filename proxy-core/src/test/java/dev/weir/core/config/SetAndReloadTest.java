package dev.weir.core.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SetAndReloadTest {
  @Test
  void setChangesOneSettingOfACopy() throws ConfigException {
    Config before = Texts.settings("max_client_conn = 5");
    Config after = before.with("MAX_client_conn", "0x10");

    assertThat(after.get(ProcessSettings.MAX_CLIENT_CONN)).isEqualTo(16);
    assertThat(after.shown(ProcessSettings.MAX_CLIENT_CONN)).isEqualTo("16");
    assertThat(before.get(ProcessSettings.MAX_CLIENT_CONN)).isEqualTo(5);
  }

  @Test
  void setOfAFixedSettingSucceedsAndChangesNothing() throws ConfigException {
    Config config = Texts.settings("");

    assertThat(config.with("listen_port", "7000")).isSameAs(config);
    assertThat(config.with("pkt_buf", "nonsense")).isSameAs(config);
  }

  @ParameterizedTest
  @CsvSource({"nothing,1", "max_client_conn,many", "pool_mode,none", "auth_dbname,pgbouncer",
    "auth_type,ldap",
    "resolv,x", "'',''"})
  void aBadSetIsRefused(String key, String value) throws ConfigException {
    Config config = Texts.settings("");

    assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> config.with(key, value))
        .satisfies(e -> assertThat(e.line()).isZero());
  }

  @Test
  void setOfOwnSettingsWorksToo() throws ConfigException {
    assertThat(Texts.settings("").with("cancel_queued", "1").get(WeirSettings.CANCEL_QUEUED))
        .isTrue();
  }

  @Test
  void tlsSettingsMayBeSetOneAfterTheOther() throws ConfigException {
    Config half = Texts.settings("").with("client_tls_sslmode", "require");
    assertThat(half.tlsProblem())
        .isEqualTo(
            "client_tls_sslmode: require needs client_tls_key_file and client_tls_cert_file");

    Config whole = half.with("client_tls_key_file", "k").with("client_tls_cert_file", "c");
    assertThat(whole.tlsProblem()).isNull();
  }

  @Test
  void aReloadUndoesSet() throws ConfigException {
    Config running = Texts.settings("max_client_conn = 5").with("max_client_conn", "6")
        .with("pool_mode", "statement");
    Config next = Texts.read("[pgbouncer]\nmax_client_conn = 5\n", running);

    assertThat(next.get(ProcessSettings.MAX_CLIENT_CONN)).isEqualTo(5);
    assertThat(next.get(PoolSettings.POOL_MODE)).isEqualTo(PoolMode.SESSION);
  }

  @Test
  void aReloadUnsetsWhatTheFileNoLongerNames() throws ConfigException {
    Config running = Texts.settings("auth_user = asker");

    assertThat(Texts.read("[pgbouncer]\n", running).get(AuthSettings.AUTH_USER)).isNull();
  }

  @Test
  void aReloadKeepsFixedSettingsAndSaysWhichWait() throws ConfigException {
    Config running = Texts
        .read("[pgbouncer]\nlisten_port = 7000\njob_name = a\nuser = u\n[weir]\nworkers = 2\n");
    Config next = Texts.read("[pgbouncer]\nlisten_port = 7001\njob_name = a\n[weir]\nworkers = 4\n",
        running);

    assertThat(next.get(ProcessSettings.LISTEN_PORT)).isEqualTo(7000);
    assertThat(next.get(WeirSettings.WORKERS)).isEqualTo(2);
    assertThat(next.get(ProcessSettings.USER)).isEqualTo("u");
    assertThat(next.awaitingRestart())
        .isEqualTo(Map.of("listen_port", "7001", "workers", "4", "user", ""));
    assertThat(running.awaitingRestart()).isEmpty();
    assertThat(Texts
        .read("[pgbouncer]\nlisten_port = 7000\njob_name = a\nuser = u\n[weir]\nworkers = 2\n",
            next)
        .awaitingRestart()).isEmpty();
  }

  @Test
  void aWrongFixedSettingIsAnErrorAtReloadToo() throws ConfigException {
    Config running = Texts.settings("");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Texts.read("[pgbouncer]\nlisten_port = x\n", running));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[databases]\nnew =\n[pgbouncer]\nmax_client_conn = 7\npool_mode = x\n",
    "[databases]\nnew =\n", "[pgbouncer]\nmax_client_conn = 7\n[databases]\nnew = port=0\n",
    "[pgbouncer]\nmax_client_conn = 7\nauth_type = cert\n"})
  void aReloadThatFailsChangesNothing(String text) throws ConfigException {
    Config running = Texts.read("[databases]\nold =\n[pgbouncer]\nmax_client_conn = 5\n");

    assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Texts.read(text, running));
    assertThat(running.get(ProcessSettings.MAX_CLIENT_CONN)).isEqualTo(5);
    assertThat(running.databases()).containsOnlyKeys("old");
  }

  @Test
  void theNextReloadReadsConffile() throws ConfigException {
    Config running = Texts.settings("");
    assertThat(running.file()).isEqualTo(Texts.FILE);

    Config redirected = running.with("conffile", "other.ini");
    assertThat(redirected.file()).isEqualTo(Path.of("other.ini"));
    assertThat(Texts.read("[pgbouncer]\n", redirected).file()).isEqualTo(Path.of("other.ini"));
    assertThat(Texts.settings("conffile = third.ini").file()).isEqualTo(Path.of("third.ini"));
  }

  @Test
  void theFileWinsOverTheCommandLineForVerbose(@TempDir Path folder) throws Exception {
    Path silent = Files.writeString(folder.resolve("a.ini"), "[pgbouncer]\n");
    Path loud = Files.writeString(folder.resolve("b.ini"), "[pgbouncer]\nverbose = 3\n");

    Config running = ConfigReader.readAtStart(silent, 2);
    assertThat(running.get(LogSettings.VERBOSE)).isEqualTo(2);
    assertThat(ConfigReader.read(silent, running).get(LogSettings.VERBOSE)).isEqualTo(2);
    assertThat(ConfigReader.readAtStart(loud, 2).get(LogSettings.VERBOSE)).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "auth_type = cert|cert needs client_tls_sslmode = verify-full and client_tls_ca_file",
    "auth_type = ldap|ldap needs auth_ldap_options",
    "auth_dbname = pgbouncer|cannot use the reserved \"pgbouncer\" database as an auth_dbname",
    "client_tls_sslmode = prefer|prefer needs client_tls_key_file and client_tls_cert_file",
    "client_tls_sslmode = allow\\nclient_tls_key_file = k|allow needs client_tls_key_file and client_tls_cert_file",
    "client_tls_sslmode = verify-ca\\nclient_tls_key_file = k\\nclient_tls_cert_file = c|verify-ca needs client_tls_ca_file",
    "server_tls_cert_file = c|server_tls_key_file and server_tls_cert_file need each other"})
  void settingsThatDoNotFitTogetherAreRefusedWhereTheyStand(String lines, String problem) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Texts.settings(lines.replace("\\n", "\n")))
        .satisfies(e -> {
          assertThat(e.problem()).isEqualTo(problem);
          assertThat(e.line()).isEqualTo(2);
        });
  }

  @Test
  void settingsThatFitAreTaken() throws ConfigException {
    Config config = Texts
        .settings("auth_type = cert\nclient_tls_sslmode = verify-full\nclient_tls_key_file = k\n"
            + "client_tls_cert_file = c\nclient_tls_ca_file = a\nauth_dbname = other");

    assertThat(config.tlsProblem()).isNull();
    assertThat(Texts.settings("auth_type = ldap\nauth_ldap_options = ldapserver=x")
        .get(AuthSettings.AUTH_TYPE))
        .isEqualTo(AuthType.LDAP);
  }

  @Test
  void anAuthDbnameOfTheConsoleIsLeftToLoginWhenOnlyADatabaseNamesIt() throws ConfigException {
    assertThat(Texts.database("a = auth_dbname=pgbouncer").authDbname()).isEqualTo("pgbouncer");
  }

  private static ReloadDiff.DatabaseChange change(String before, String after)
      throws ConfigException {
    List<ReloadDiff.DatabaseChange> changes = ReloadDiff
        .between(Texts.read("[databases]\na = " + before + "\n[pgbouncer]\n"),
            Texts.read("[databases]\na = " + after + "\n[pgbouncer]\n"))
        .databasesChanged();
    assertThat(changes).hasSize(1);
    return changes.getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dbname=b", "host=h", "host=g,h", "port=1", "user=u",
    "connect_query='select 1'",
    "auth_dbname=d", "auth_query=q", "load_balance_hosts=disable"})
  void anotherTargetMakesServersReconnect(String line) throws ConfigException {
    assertThat(change("", line).mustReconnect()).isTrue();
    assertThat(change(line, "").mustReconnect()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"password=p", "auth_user=x", "client_encoding=x", "datestyle=x",
    "timezone=x",
    "application_name=x", "pool_size=1", "min_pool_size=1", "reserve_pool=1",
    "max_db_connections=1",
    "max_db_client_connections=1", "server_lifetime=1", "query_wait_timeout=1",
    "pool_mode=statement"})
  void othersKeepTheirServers(String line) throws ConfigException {
    assertThat(change("", line).mustReconnect()).isFalse();
  }

  @Test
  void writingADefaultOutIsNoReasonToReconnect() throws ConfigException {
    assertThat(change("", "dbname=a").mustReconnect()).isFalse();
    assertThat(ReloadDiff.between(Texts.read("[databases]\na =\n[pgbouncer]\n"),
        Texts.read("[databases]\na = port=5432 load_balance_hosts=round-robin\n[pgbouncer]\n"))
        .isEmpty()).isTrue();
  }

  @Test
  void theDifferenceNamesEverythingThatChanged() throws ConfigException {
    Config before = Texts.read("""
        [databases]
        gone =
        same =
        moved = port=1
        * = host=h
        [users]
        u = pool_size=1
        [peers]
        1 = host=a
        [pgbouncer]
        max_client_conn = 5
        server_tls_sslmode = disable
        listen_port = 1
        auth_ldap_options = secret1
        """);
    Config after = Texts.read("""
        [databases]
        same =
        moved = port=2 password=hidden
        fresh =
        [users]
        u = pool_size=2
        v =
        [peers]
        2 = host=a
        [pgbouncer]
        max_client_conn = 6
        listen_port = 2
        auth_ldap_options = secret2
        """, before);
    ReloadDiff diff = ReloadDiff.between(before, after);

    assertThat(diff.databasesAdded()).containsExactly("fresh");
    assertThat(diff.databasesRemoved()).containsExactly("gone");
    assertThat(diff.templateChanged()).isTrue();
    assertThat(diff.usersChanged()).containsExactly("u", "v");
    assertThat(diff.peersChanged()).containsExactly(1, 2);
    assertThat(diff.serverTlsChanged()).isTrue();
    assertThat(diff.clientTlsChanged()).isFalse();
    assertThat(diff.describe()).containsExactly("auth_ldap_options: changed",
        "max_client_conn: \"5\" -> \"6\"",
        "server_tls_sslmode: \"disable\" -> \"prefer\"", "listen_port: \"2\" waits for a restart",
        "database fresh: added", "database gone: removed",
        "database moved: changed, servers reconnect",
        "database *: changed, servers reconnect", "user u: changed", "user v: changed",
        "peer 1: changed",
        "peer 2: changed");
  }

  @Test
  void theSameFileMakesNoDifference() throws ConfigException {
    Config before = Texts
        .read("[databases]\na = host=h\n[pgbouncer]\nserver_tls_sslmode = require\n");
    ReloadDiff diff = ReloadDiff.between(before,
        Texts.read("[databases]\na = host=h\n[pgbouncer]\nserver_tls_sslmode = REQUIRE\n", before));

    assertThat(diff.isEmpty()).isTrue();
    assertThat(diff.serverTlsChanged()).isFalse();
  }

  @Test
  void secretsThatChangeAreCountedNotShown(@TempDir Path folder) throws Exception {
    Path users = Files.writeString(folder.resolve("users.txt"), "\"a\" \"one\"\n\"b\" \"two\"\n");
    Config before = Texts.settings("auth_file = " + users);
    Files.writeString(users, "\"a\" \"three\"\n\"c\" \"four\"\n");
    ReloadDiff diff = ReloadDiff.between(before,
        Texts.read("[pgbouncer]\nauth_file = " + users + "\n", before));

    assertThat(diff.secretsChanged()).containsExactly("a", "b", "c");
    assertThat(diff.describe()).containsExactly("auth_file: 3 users changed");
  }

  @Test
  void setReadsTheFilesOfAuthenticationAgain(@TempDir Path folder) throws Exception {
    Path rules = Files.writeString(folder.resolve("hba"), "local all all trust\n");
    Config off = Texts.settings("auth_hba_file = " + rules);
    assertThat(off.hba().rules()).isEmpty();

    Config on = off.with("auth_type", "hba");
    assertThat(on.hba().rules()).hasSize(1);
    assertThat(Objects.requireNonNull(on.hba().rules().getFirst()).method())
        .isEqualTo(HbaMethod.TRUST);
    assertThat(on.with("auth_type", "trust").hba().rules()).isEmpty();
    assertThat(on.with("auth_hba_file", folder + "/gone").warnings())
        .containsExactly(
            "could not open hba config file " + folder + "/gone: No such file or directory");
  }
}
