package dev.weir.core.auth;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import dev.weir.core.net.tls.TestCa;
import dev.weir.core.net.tls.TlsTrust;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Against a directory in this process, plain and with TLS. */
class LdapAuthenticatorTest {
  @TempDir private static Path directory;

  private static InMemoryDirectoryServer server;
  private static SSLSocketFactory trusting;
  private static SSLSocketFactory trustingOthers;

  @BeforeAll
  static void start() throws Exception {
    TestCa ca = TestCa.in(directory, "ca");
    TestCa.Issued host = ca.issue("CN=localhost", "dns:localhost");
    trusting = TlsTrust.sockets(ca.file().toString());
    trustingOthers = TlsTrust.sockets(TestCa.in(directory, "other").file().toString());
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("x", host.keys().getPrivate(), new char[0],
        new java.security.cert.Certificate[]{host.certificate()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);

    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example,dc=net");
    config.addAdditionalBindCredentials("cn=admin", "admin secret");
    config.setListenerConfigs(
        InMemoryListenerConfig.createLDAPConfig("plain", InetAddress.getLoopbackAddress(), 0,
            tls.getSocketFactory()),
        InMemoryListenerConfig.createLDAPSConfig("tls", InetAddress.getLoopbackAddress(), 0,
            tls.getServerSocketFactory(), null));
    server = new InMemoryDirectoryServer(config);
    server.add("dn: dc=example,dc=net", "objectClass: domain", "dc: example");
    for (String user : new String[]{"alice", "bob"}) {
      server.add("dn: uid=" + user + ",dc=example,dc=net", "objectClass: inetOrgPerson",
          "uid: " + user,
          "cn: " + user, "sn: same", "mail: " + user + "@example.net",
          "userPassword: secret of " + user);
    }
    server.startListening();
  }

  @AfterAll
  static void stop() {
    server.shutDown(true);
  }

  private static String at(String listener) {
    return "ldapserver=localhost ldapport=" + server.getListenPort(listener) + " ";
  }

  private static PasswordCheck check(String options, String user, String password) {
    return new LdapAuthenticator(LdapOptions.parse(options), trusting).check(user, password);
  }

  private static void assertJudges(String options) {
    assertThat(check(options, "alice", "secret of alice")).isEqualTo(new PasswordCheck.Ok());
    assertThat(check(options, "alice", "secret of bob")).isInstanceOf(PasswordCheck.Rejected.class);
    assertThat(check(options, "carol", "secret of alice"))
        .isInstanceOf(PasswordCheck.Rejected.class);
    assertThat(check(options, "alice", "")).isInstanceOf(PasswordCheck.Rejected.class);
  }

  private static final String DIRECT = "ldapprefix=\"uid=\" ldapsuffix=\",dc=example,dc=net\"";
  private static final String SEARCH = "ldapbasedn=\"dc=example,dc=net\"";

  @Test
  void bindsDirectly() {
    assertJudges(at("plain") + DIRECT);
  }

  @Test
  void searchesAndBinds() {
    assertJudges(at("plain") + SEARCH);
    assertJudges(at("plain") + SEARCH
        + " ldapbinddn=cn=admin ldapbindpasswd=\"admin secret\" ldapsearchattribute=cn");
    assertJudges(at("plain") + SEARCH
        + " ldapsearchfilter=\"(|(mail=$username@example.net)(mail=$username))\"");
  }

  @Test
  void takesAUrl() {
    assertJudges("ldapurl=\"ldap://localhost:" + server.getListenPort("plain")
        + "/dc=example,dc=net?uid?sub\"");
    assertJudges("ldapurl=ldap://localhost:" + server.getListenPort("plain")
        + "/dc=example%2Cdc=net??sub?(cn=$username)");
    assertJudges("ldapurl=\"ldaps://localhost:" + server.getListenPort("tls")
        + "/dc=example,dc=net?uid?sub\"");
  }

  @Test
  void protectsByTls() {
    assertJudges(at("tls") + "ldapscheme=ldaps " + DIRECT);
    assertJudges(at("plain") + "ldaptls=1 " + DIRECT);
    assertJudges(at("plain") + "ldaptls=1 " + SEARCH);
  }

  @Test
  void asksNobodyWhoseCertificateIsWrong() {
    for (String options : new String[]{at("tls") + "ldapscheme=ldaps " + DIRECT,
      at("plain") + "ldaptls=1 " + DIRECT}) {
      assertThat(new LdapAuthenticator(LdapOptions.parse(options), trustingOthers).check("alice",
          "secret of alice"))
          .isInstanceOf(PasswordCheck.Unavailable.class);
      String byAddress = options.replace("localhost", "127.0.0.1");
      assertThat(check(byAddress, "alice", "secret of alice"))
          .isInstanceOf(PasswordCheck.Unavailable.class);
    }
  }

  @Test
  void wrongPairsOfSchemeAndPortFail() {
    assertThat(check(at("plain") + "ldapscheme=ldaps " + DIRECT, "alice", "secret of alice"))
        .isInstanceOf(PasswordCheck.Unavailable.class);
    assertThat(check(at("tls") + DIRECT, "alice", "secret of alice"))
        .isInstanceOf(PasswordCheck.Unavailable.class);
  }

  @Test
  void triesServersInOrder() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    assertJudges("ldapserver=\"localhost:" + closed + " localhost:" + server.getListenPort("plain")
        + "\" " + DIRECT);
    assertThat(check("ldapserver=localhost ldapport=" + closed + " " + DIRECT, "alice", "x"))
        .isInstanceOf(PasswordCheck.Unavailable.class);
  }

  @Test
  void doesNotWaitForASilentServer() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      long begin = System.nanoTime();
      assertThat(check("ldapserver=localhost ldapport=" + silent.getLocalPort() + " " + DIRECT,
          "alice", "x"))
          .isInstanceOf(PasswordCheck.Unavailable.class);
      assertThat(System.nanoTime() - begin).isBetween(1_000_000_000L, 8_000_000_000L);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "al*", "a(b", "a)b", "a\\b", "a/b", "a\0b", ""})
  void refusesNamesThatMeanSomethingToASearch(String user) {
    assertThat(check(at("plain") + SEARCH, user, "secret of alice"))
        .isEqualTo(
            new PasswordCheck.Rejected("invalid character in user name for LDAP authentication"));
  }

  @Test
  void aNameCannotLeaveItsPlaceInADn() {
    assertThat(
        check(at("plain") + "ldapprefix=\"uid=\" ldapsuffix=\",ou=people,dc=example,dc=net\"",
            "alice,dc=example,dc=net\\", "secret of alice"))
        .isInstanceOf(PasswordCheck.Rejected.class);
    assertThat(check(at("plain") + "ldapprefix=uid=", "alice,dc=example,dc=net", "secret of alice"))
        .isInstanceOf(PasswordCheck.Rejected.class);
  }

  @Test
  void refusesAnAmbiguousSearch() {
    assertThat(
        check(at("plain") + SEARCH + " ldapsearchfilter=\"(|(uid=$username)(sn=same))\"", "alice",
            "secret of alice"))
        .isEqualTo(new PasswordCheck.Rejected("LDAP user \"alice\" is not unique"));
  }

  @Test
  void aWrongSearchAccountIsOurFaultNotTheUsers() {
    assertThat(check(at("plain") + SEARCH + " ldapbinddn=cn=admin ldapbindpasswd=wrong", "alice",
        "secret of alice"))
        .isInstanceOf(PasswordCheck.Unavailable.class);
  }

  @Test
  void readsQuotesCommasAndBlanks() {
    LdapOptions options = LdapOptions.parse(
        "\"ldapserver\"=\"a b:99\",ldapport=1389 , \"ldapbasedn\"=\"cn=x \"\"y\"\"\"\tldapbindpasswd=p,ldaptls=1\n");

    assertThat(options.servers()).containsExactly("a", "b:99");
    assertThat(options.port()).isEqualTo(1389);
    assertThat(options.baseDn()).isEqualTo("cn=x \"y\"");
    assertThat(options.bindPassword()).isEqualTo("p");
    assertThat(options.startTls()).isTrue();
    assertThat(options.attribute()).isEqualTo("uid");
    assertThat(options.toString()).doesNotContain("p,");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ldapserver=x", "ldapprefix=x",
    "ldapserver=x ldapprefix=a ldapbasedn=b",
    "ldapserver=x ldapbasedn=b ldapsearchattribute=a ldapsearchfilter=(a=$username)",
    "ldapserver=x ldapprefix=",
    "ldapserver=x ldapprefix= a", "ldapserver=x ldapprefix=\"a", "ldapserver",
    "ldapserver=x ldapprefix=a nonsense=1",
    "ldapserver=x ldapprefix=a ldapport=0", "ldapserver=x ldapprefix=a ldapport=70000",
    "ldapserver=x ldapprefix=a ldapscheme=http", "ldapurl=http://x/y", "ldapurl=ldap:",
    "ldapserver=x ldapbasedn=b ldapsearchfilter=((("})
  void refusesWrongOptions(String text) {
    assertThatThrownBy(() -> LdapOptions.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesLongOptions() {
    String fits = "ldapserver=x ldapprefix=";
    assertThat(
        LdapOptions.parse(fits + "a".repeat(LdapOptions.MAX_LENGTH - fits.length())).prefix())
        .startsWith("aaa");
    assertThatThrownBy(() -> LdapOptions.parse(fits + "a".repeat(LdapOptions.MAX_LENGTH)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
