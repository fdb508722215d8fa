package dev.weir.it;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Rules of the HBA file with real clients, over TCP and over the Unix socket; peer and its maps. */
final class HbaIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .unixSocket()
      .set("auth_type", "hba")
      .set("auth_hba_file", "${folder}/hba.conf")
      .set("auth_ident_file", "${folder}/ident.conf")
      .file("hba.conf", """
          # comments and odd blanks
          host  p_trust   all            127.0.0.1/32   trust
          host  p_md5,\tp_other  bob     127.0.0.1 255.255.255.255 md5
          host  p_plain   "bob",alice    all            password
          host  p_scram   bob            127.0.0.0/8    scram-sha-256
          host  p_reject  all            all            reject
          host  sameuser  all            all            trust
          host  nonsense here
          hostssl p_tls   all            all            trust
          hostnossl p_plaintext all      all            trust
          host  pgbouncer pgbouncer      127.0.0.1/32   password
          local p_local   all                           trust
          local p_peer    all                           peer
          local p_map     all                           peer map=staff
          local pgbouncer all                           password
          """)
      .file("ident.conf", "staff " + account() + " bob\n")
      .login("bob", "secret")
      .login("alice", "secret")
      .login(account(), "secret");

  @BeforeEach
  void databases() throws SQLException {
    for (String name : List.of("p_trust", "p_md5", "p_other", "p_plain", "p_scram", "p_reject",
        "p_tls", "p_plaintext", "p_local", "p_peer", "p_map", "bob", "p_none")) {
      proxy.database(name, "user=postgres password=${password}");
    }
    proxy.reload();
  }

  private static String account() {
    return System.getProperty("user.name");
  }

  @ParameterizedTest
  @CsvSource({
    "p_trust, bob, wrong", "p_trust, alice, wrong", "p_md5, bob, secret", "p_other, bob, secret",
    "p_plain, bob, secret", "p_plain, alice, secret", "p_scram, bob, secret", "bob, bob, wrong",
    "p_plaintext, bob, wrong"})
  void aRuleThatMatchesLetsIn(String database, String user, String password) throws SQLException {
    try (Connection client = proxy.connect(user, password, database)) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "p_md5|bob|wrong|password authentication failed",
    "p_md5|alice|secret|no authentication method is found",
    "p_plain|bob|wrong|password authentication failed",
    "p_scram|bob|wrong|SASL authentication failed",
    "p_scram|alice|secret|no authentication method is found",
    "p_reject|bob|secret|login rejected",
    "bob|alice|secret|no authentication method is found",
    "p_tls|bob|secret|no authentication method is found",
    "p_local|bob|secret|no authentication method is found",
    "p_none|bob|secret|no authentication method is found",
    "p_trust|nobody|secret|\"trust\" authentication failed"})
  void everybodyElseIsTold(String database, String user, String password, String text) {
    assertThat(WeirServer.text(proxy.refusal(user, password, database))).isEqualTo(text);
  }

  @Test
  void badLinesAreWarnedAboutAndSkipped() {
    assertThat(proxy.log().lines())
        .anyMatch(line -> line.startsWith("WARNING") && line.contains("hba line 8 of "));
  }

  @Test
  void switchingBetweenHbaAndTrustLeavesNothingBehind() throws SQLException {
    for (int i = 0; i < 3; i++) {
      proxy.set("auth_type", "trust").reload();
      proxy.connect("bob", "", "p_none").close();
      proxy.set("auth_type", "hba").reload();
      assertThat(WeirServer.text(proxy.refusal("bob", "", "p_none")))
          .isEqualTo("no authentication method is found");
    }
  }

  @Test
  void rulesThatChangeHoldAfterTheReload() throws SQLException {
    proxy.file("hba.conf", "host all all 127.0.0.1/32 trust\n").reload();
    proxy.connect("bob", "", "p_reject").close();
  }

  // --- Unix socket ---

  private String overUnix(String user, String database) throws IOException {
    try (RawClient client = RawClient.connectUnix(proxy)) {
      client.login(user, database);
      for (RawClient.Message next = client.read(); next != null; next = client.read()) {
        if (next.tag() == 'E') {
          return String.valueOf(next.field('M'));
        }
        if (next.tag() == 'R' && next.intAt(0) != 0) {
          return "asked for " + next.intAt(0);
        }
        if (next.tag() == 'Z') {
          return "in";
        }
      }
    }
    return "closed";
  }

  @Test
  void localRulesAreForTheUnixSocket() throws IOException {
    assertThat(overUnix("bob", "p_local")).isEqualTo("in");
    assertThat(overUnix("bob", "p_trust")).isEqualTo("no authentication method is found");
  }

  @Test
  void peerComparesWithTheAccountAtTheOtherEnd() throws IOException {
    assertThat(overUnix(account(), "p_peer")).isEqualTo("in");
    assertThat(overUnix("bob", "p_peer")).isEqualTo("unix socket login rejected");
  }

  @Test
  void aMapSaysWhomAnAccountMayBe() throws Exception {
    assertThat(overUnix("bob", "p_map")).isEqualTo("in");
    assertThat(overUnix("alice", "p_map")).isEqualTo("unix socket login rejected");
    proxy.awaitLog("ident map staff cannot be matched", 1);
    proxy.file("ident.conf", "staff " + account() + " all\n").reload();
    assertThat(overUnix("alice", "p_map")).isEqualTo("in");
    proxy.file("ident.conf", "staff somebody all\n").reload();
    assertThat(overUnix("bob", "p_map")).isEqualTo("unix socket login rejected");
  }

  @Test
  void theProxysOwnAccountIsAdministratorOnTheUnixSocket() throws Exception {
    assertThat(overUnix("pgbouncer", "pgbouncer")).isEqualTo("in");
    proxy.awaitLog("pgbouncer access from unix socket", 1);
    assertThat(overUnix("bob", "pgbouncer")).isEqualTo("asked for 3");
  }

  @Test
  void psqlReachesTheProxyOverTheUnixSocket() throws Exception {
    String url = "postgresql:///p_local?host=" + proxy.folder() + "&port=" + proxy.port()
        + "&user=bob";
    assertThat(TestTools.psql(url, "select 'hello'").succeeded()).isEqualTo("hello");
    String console = "postgresql:///pgbouncer?host=" + proxy.folder() + "&port=" + proxy.port()
        + "&user=pgbouncer";
    assertThat(TestTools.psql(console, "show version").succeeded()).startsWith("PgBouncer");
  }
}
