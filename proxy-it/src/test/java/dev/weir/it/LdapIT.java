package dev.weir.it;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Logins that a directory judges, through the whole proxy (ldap_auth of PgBouncer's test_auth.py). TLS towards the
 * directory is {@code LdapAuthenticatorTest}'s, which can bring its own authority.
 */
final class LdapIT {
  private static final String FAILED = "LDAP authentication failed";
  private static final String DIRECT = "ldapprefix=\"uid=\" ldapsuffix=\",dc=example,dc=net\"";
  private static final String SEARCH = "ldapbasedn=\"dc=example,dc=net\"";

  private static InMemoryDirectoryServer directory;
  private static String longDn = "";
  private static String server = "";

  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir()
      .hba("host p_plain alice 127.0.0.1/32 password");
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .database("p0", "user=postgres password=${password}")
      .databaseLine("p_plain", "host=${host} port=${port}");

  @BeforeAll
  static void start() throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example,dc=net");
    config.addAdditionalBindCredentials("cn=admin", "admin secret");
    config.setListenerConfigs(InMemoryListenerConfig.createLDAPConfig("plain",
        InetAddress.getLoopbackAddress(), 0, null));
    directory = new InMemoryDirectoryServer(config);
    directory.add("dn: dc=example,dc=net", "objectClass: domain", "dc: example");
    StringBuilder deep = new StringBuilder("dc=example,dc=net");
    for (int i = 0; i < 8; i++) {
      String unit = "u".repeat(80) + i;
      deep.insert(0, "ou=" + unit + ",");
      directory.add("dn: " + deep, "objectClass: organizationalUnit", "ou: " + unit);
    }
    longDn = deep.toString();
    person("alice", "dc=example,dc=net");
    person("bob", "dc=example,dc=net");
    person("deep", longDn);
    directory.startListening();
    server = "ldapserver=127.0.0.1 ldapport=" + directory.getListenPort("plain") + " ";
    postgres.execute("create database p_plain");
    postgres.execute("create role alice login password 'secret of alice'");
  }

  private static void person(String user, String under) throws Exception {
    directory.add("dn: uid=" + user + "," + under, "objectClass: inetOrgPerson", "uid: " + user,
        "cn: " + user, "sn: same", "mail: " + user + "@example.net",
        "userPassword: secret of " + user);
  }

  @AfterAll
  static void stop() {
    directory.shutDown(true);
  }

  private void serves(String user) throws SQLException {
    try (Connection client = proxy.connect(user, "secret of " + user, "p0")) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
    }
  }

  private String refused(String user, String password) {
    return WeirServer.text(proxy.refusal(user, password, "p0"));
  }

  private void judges() throws SQLException {
    serves("alice");
    serves("bob");
    assertThat(refused("alice", "secret of bob")).isEqualTo(FAILED);
    assertThat(refused("nobody", "secret of alice")).isEqualTo(FAILED);
    assertThat(refused("alice", "")).isIn(FAILED, "empty password returned by client");
  }

  /** On a console that is open before: the directory does not know the administrator. */
  private void reloadWith(Runnable change) throws SQLException {
    try (Console console = proxy.console()) {
      change.run();
      proxy.rewrite();
      console.run("RELOAD");
    }
  }

  static Stream<String> waysToAsk() {
    return Stream.of(
        DIRECT,
        SEARCH,
        SEARCH + " ldapbinddn=\"cn=admin\" ldapbindpasswd=\"admin secret\"",
        SEARCH + " ldapsearchattribute=\"cn\"",
        SEARCH + " ldapsearchfilter=\"(|(uid=$username)(mail=$username))\"",
        "\"ldapbasedn\"=\"dc=example,dc=net\",\"ldapsearchattribute\"=\"uid\"");
  }

  @ParameterizedTest
  @MethodSource("waysToAsk")
  void asTheOnlyWayIn(String options) throws SQLException {
    reloadWith(() -> proxy.set("auth_type", "ldap").set("auth_ldap_options", server + options));
    judges();
  }

  /** As in PgBouncer the users must be known; their passwords are the directory's. */
  @ParameterizedTest
  @MethodSource("waysToAsk")
  void byARuleOfTheHbaFile(String options) throws SQLException {
    reloadWith(() -> proxy.set("auth_type", "hba").set("auth_hba_file", "${folder}/hba.conf")
        .file("hba.conf", """
            host pgbouncer all 127.0.0.1/32 trust
            host p0 carol 127.0.0.1/32 md5
            host p0 all   127.0.0.1/32 ldap %s%s
            """.formatted(server, options))
        .login("alice", "").login("bob", "").login("carol", "another secret"));
    judges();
    try (Connection client = proxy.connect("carol", "another secret", "p0")) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void aUrlSaysItAll() throws SQLException {
    int port = directory.getListenPort("plain");
    reloadWith(() -> proxy.set("auth_type", "ldap").set("auth_ldap_options",
        "ldapurl=\"ldap://127.0.0.1:" + port + "/dc=example,dc=net?uid?sub\""));
    judges();
  }

  @Test
  void longDnsAreNoProblem() throws SQLException {
    reloadWith(() -> proxy.set("auth_type", "ldap").set("auth_ldap_options",
        server + "ldapprefix=\"uid=\" ldapsuffix=\"," + longDn + "\""));
    serves("deep");
    assertThat(refused("deep", "wrong")).isEqualTo(FAILED);
    assertThat(refused("alice", "secret of alice")).isEqualTo(FAILED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ldapserver=127.0.0.1 ldapport=1 ldapprefix=\"uid=\"",
    "ldapserver=127.0.0.1 ldapport=1 ldapscheme=ldaps ldapbasedn=\"dc=example,dc=net\"",
    "ldapurl=\"ldap://127.0.0.1:1/dc=example,dc=net\""})
  void aDirectoryThatIsNotThereLetsNobodyIn(String options) throws SQLException {
    reloadWith(() -> proxy.set("auth_type", "ldap").set("auth_ldap_options", options));
    assertThat(refused("alice", "secret of alice")).isEqualTo(FAILED);
  }

  /** The password that the directory found good opens the server too. */
  @Test
  void thePasswordIsPassedOn() throws SQLException {
    reloadWith(() -> proxy.set("auth_type", "ldap").set("auth_ldap_options", server + DIRECT));
    try (Connection client = proxy.connect("alice", "secret of alice", "p_plain")) {
      assertThat(Sql.value(client, "select current_user")).isEqualTo("alice");
    }
  }

  @Test
  void operatorsLogInTheSameWay() throws SQLException {
    reloadWith(() -> proxy.set("auth_type", "ldap").set("auth_ldap_options", server + DIRECT)
        .set("admin_users", "alice"));
    try (Console console = proxy.console("alice", "secret of alice")) {
      assertThat(console.show("VERSION")).hasSize(1);
    }
    for (List<String> no : List.of(List.of("alice", "wrong"), List.of("pgbouncer", "fake"),
        List.of("bob", "secret of bob"))) {
      assertThat(WeirServer.text(proxy.refusal(no.get(0), no.get(1), "pgbouncer")))
          .isEqualTo(FAILED);
    }
  }
}
