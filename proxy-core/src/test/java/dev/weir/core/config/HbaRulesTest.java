package dev.weir.core.config;

import dev.weir.core.config.HbaQuestion.Replication;
import dev.weir.core.config.HbaQuestion.Via;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HbaRulesTest {
  private static final IdentMaps MAPS = HbaReader.maps(Path.of("ident"),
      "m sys db\n\"two words\" sys db\n");

  /** Each rule is found by its line: the table below names the line that must match. */
  private static final String RULES = """
      # 1: comment
      local    db1      all                        peer
      local    all      admin,"quoted user"        trust
      host     db2      joe            10.1.0.0/16            md5
      host     db2      joe            10.2.0.0   255.255.0.0 password # trailing
      hostssl  db3      all            0.0.0.0/0   cert map=m
      hostnossl db3     all            0.0.0.0/0   reject
      host     sameuser all            192.168.1.0/24         scram-sha-256
      host     "all"    all            all    trust
      host     "sameuser","a ""b""\"  all  all  trust
      host     db4 , db5,db6  u1,u2    fd00:1::/32    md5
      host     db4      all            ::1/128     trust
      host     db7      all            10.9.9.9/8  md5
      host     replication  repl       all  md5
      host     db8      all            172.16.5.1/32 trust
      host     db8      all            172.16.5.0 255.255.255.254 reject
      \thost\tall\tsuper\tall\tldap\tldapserver="a # b" ldapport=389 # comment
      host     db9      sameuser       all trust
      hostssl  all      all            fe80::/10  scram-sha-256
      """;

  private static HbaRules rules(String text) {
    return HbaReader.rules(Path.of("/etc/hba"), text, MAPS, file -> {
      throw new NoSuchFileException(file.toString());
    });
  }

  private static HbaQuestion question(Via via, @Nullable String address, String database,
      String user,
      Replication replication) throws UnknownHostException {
    return new HbaQuestion(via, address == null ? null : InetAddress.getByName(address), database,
        user, replication);
  }

  @ParameterizedTest
  @CsvSource({
    "2, LOCAL, , db1, anybody, NONE",
    "2, LOCAL, , db1, admin, NONE",
    "3, LOCAL, , other, admin, NONE",
    "3, LOCAL, , other, quoted user, NONE",
    "0, LOCAL, , other, quoted, NONE",
    "0, LOCAL, , DB1, anybody, NONE",
    "0, PLAIN, 127.0.0.1, db1, admin, NONE",
    "4, PLAIN, 10.1.0.0, db2, joe, NONE",
    "4, TLS, 10.1.255.255, db2, joe, NONE",
    "0, PLAIN, 10.0.255.255, db2, joe, NONE",
    "5, PLAIN, 10.2.3.4, db2, joe, NONE",
    "0, PLAIN, 10.3.0.1, db2, joe, NONE",
    "0, PLAIN, 10.1.0.1, db2, jo, NONE",
    "0, LOCAL, , db2, joe, NONE",
    "6, TLS, 8.8.8.8, db3, x, NONE",
    "7, PLAIN, 8.8.8.8, db3, x, NONE",
    "0, TLS, 2001:db8::1, db3, x, NONE",
    "8, PLAIN, 192.168.1.7, bob, bob, NONE",
    "0, PLAIN, 192.168.1.7, bob, alice, NONE",
    "0, PLAIN, 192.168.2.7, bob, bob, NONE",
    "9, PLAIN, 1.2.3.4, all, x, NONE",
    "9, PLAIN, 2001:db8::1, all, x, NONE",
    "0, PLAIN, 1.2.3.4, another, x, NONE",
    "10, PLAIN, 1.2.3.4, sameuser, x, NONE",
    "10, PLAIN, 1.2.3.4, 'a \"b\"', x, NONE",
    "0, PLAIN, 1.2.3.4, same, same, NONE",
    "11, PLAIN, fd00:1::5, db4, u1, NONE",
    "11, PLAIN, fd00:1:ffff::5, db5, u2, NONE",
    "11, TLS, fd00:1::5, db6, u2, NONE",
    "0, PLAIN, fd00:2::5, db4, u1, NONE",
    "0, PLAIN, fd00:1::5, db6, u3, NONE",
    "12, PLAIN, ::1, db4, u3, NONE",
    "0, PLAIN, ::2, db4, u3, NONE",
    "0, PLAIN, 127.0.0.1, db4, u3, NONE",
    "13, PLAIN, 10.1.2.3, db7, x, NONE",
    "0, PLAIN, 11.1.2.3, db7, x, NONE",
    "14, PLAIN, 1.2.3.4, db1, repl, PHYSICAL",
    "0, PLAIN, 1.2.3.4, db1, other, PHYSICAL",
    "0, PLAIN, 1.2.3.4, replication, repl, NONE",
    "0, PLAIN, 1.2.3.4, replication, super2, LOGICAL",
    "17, PLAIN, 1.2.3.4, db1, super, NONE",
    "17, PLAIN, 1.2.3.4, db1, super, LOGICAL",
    "0, PLAIN, 1.2.3.4, db1, super, PHYSICAL",
    "15, PLAIN, 172.16.5.1, db8, x, NONE",
    "16, PLAIN, 172.16.5.0, db8, x, NONE",
    "0, PLAIN, 172.16.5.2, db8, x, NONE",
    "18, PLAIN, 1.2.3.4, db9, db9, NONE",
    "0, PLAIN, 1.2.3.4, db9, db8, NONE",
    "19, TLS, fe80::1, x, y, NONE",
    "19, TLS, febf::1, x, y, NONE",
    "0, TLS, fec0::1, x, y, NONE",
    "0, PLAIN, fe80::1, x, y, NONE"})
  void theFirstRuleThatMatchesDecides(int line, Via via, @Nullable String address, String database,
      String user,
      Replication replication) throws UnknownHostException {
    HbaRule rule = rules(RULES).match(question(via, address, database, user, replication));

    assertThat(rule == null ? 0 : rule.line()).isEqualTo(line);
  }

  @Test
  void aRuleHasMethodOptionsAndMap() {
    HbaRules rules = rules(RULES);

    assertThat(rules.rules()).hasSize(18).extracting(HbaRule::method).contains(HbaMethod.values());
    assertThat(rules.rules().get(4).map()).isEqualTo("m");
    assertThat(rules.rules().get(4).type()).isEqualTo(HbaRule.Type.HOSTSSL);
    assertThat(rules.rules().get(15).options()).isEqualTo("ldapserver=\"a # b\" ldapport=389");
    assertThat(rules.rules().get(0).options()).isEmpty();
    assertThat(rules.rules().get(0).map()).isNull();
  }

  @Test
  void anAddressWithBitsBesideItsMaskMatchesItsNetworkAndIsWarnedAbout() {
    assertThat(rules(RULES).warnings()).containsExactly(new HbaRules.Warning(13,
        "hba line 13 of /etc/hba: address does not match mask, bits outside the mask are not looked at: 10.9.9.9/8"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"user all all trust", "Local all all trust", "local all all", "local all",
    "local",
    "local all all ident", "local all all TRUST", "local all all trust extra",
    "local all all peer map=unknown",
    "local all all peer map=m map=m", "local all all trust key=value", "local +group all trust",
    "local samerole all trust", "local all samegroup trust", "local \"open all trust",
    "local all, trust",
    "local @gone all trust", "host all all trust", "host all all \"1.2.3.4\"/32 trust",
    "host all all 1.2.3/24 trust",
    "host all all 1.2.3.4 trust", "host all all 1.2.3.4/33 trust", "host all all 1.2.3.4/ trust",
    "host all all 1.2.3.4/-1 trust", "host all all ::1/129 trust",
    "host all all 1.2.3.4 ffff:: trust",
    "host all all localhost trust", "host all all samehost trust", "host all all samenet trust",
    "host all all 01.2.3.4/8 trust", "host all all fe80::1%eth0/128 trust"})
  void aBadLineIsLeftOutWithAWarning(String line) throws UnknownHostException {
    HbaRules rules = rules("local one all trust\n" + line + "\nlocal two all reject\n");

    assertThat(rules.rules()).extracting(HbaRule::line).containsExactly(1, 3);
    assertThat(rules.warnings()).hasSize(1).first().satisfies(warning -> {
      assertThat(warning.line()).isEqualTo(2);
      assertThat(warning.text()).startsWith("hba line 2 of /etc/hba: ").endsWith("; line left out");
    });
    assertThat(rules.match(question(Via.LOCAL, null, "three", "x", Replication.NONE))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"local all all peer map=m", "local all all peer map=\"two words\"",
    "local all all md5#c",
    "host all all 0.0.0.0/0 trust\r", "host all all ::ffff:1.2.3.4/128 trust",
    "local a,b , c d trust",
    "host all all 1.2.3.4/032 trust", "local all all ldap", ""})
  void theseLinesAreFine(String line) {
    assertThat(rules(line).warnings()).isEmpty();
  }

  @Test
  void namesMayComeFromFilesBesideTheRules() throws UnknownHostException {
    Map<Path, String> files = Map.of(Path.of("/etc/names"),
        "one two # comment\n\n\"three\",\nfour\n@more\n",
        Path.of("/etc/more"), "sameuser\n", Path.of("/else/users"), "all\n");
    HbaRules rules = HbaReader.rules(Path.of("/etc/hba"), "local @names,five @/else/users trust\n",
        MAPS, file -> {
          String text = files.get(file);
          if (text == null) {
            throw new NoSuchFileException(file.toString());
          }
          return text;
        });

    assertThat(rules.warnings()).isEmpty();
    for (String name : new String[]{"one", "two", "three", "four", "five", "me"}) {
      assertThat(rules.match(question(Via.LOCAL, null, name, "me", Replication.NONE))).isNotNull();
    }
    assertThat(rules.match(question(Via.LOCAL, null, "six", "me", Replication.NONE))).isNull();
  }

  @Test
  void aFileOfNamesThatNamesItselfEndsInAWarning() {
    HbaRules rules = HbaReader.rules(Path.of("/etc/hba"), "local @self all trust\n", MAPS,
        file -> "a @self");

    assertThat(rules.rules()).isEmpty();
    assertThat(rules.warnings()).first().asString().contains("nested deeper than 10");
  }

  @Test
  void namesThatGrowWithoutEndAreBounded() {
    HbaRules rules = HbaReader.rules(Path.of("/etc/hba"), "local @self all trust\n", MAPS,
        file -> "a @self @self @self @self @self @self");

    assertThat(rules.rules()).isEmpty();
  }

  @Test
  void aMissingFileLetsNobodyIn(@TempDir Path folder) {
    HbaRules rules = HbaReader.rules(folder.resolve("gone"), MAPS);

    assertThat(rules.rules()).isEmpty();
    assertThat(rules.warnings()).containsExactly(new HbaRules.Warning(0,
        "could not open hba config file " + folder + "/gone: No such file or directory"));
  }

  @Test
  void rulesAndMapsAreReadWithTheConfiguration(@TempDir Path folder) throws Exception {
    Path ident = Files.writeString(folder.resolve("ident"), "m sys db\n");
    Path hba = Files.writeString(folder.resolve("hba"),
        "local all all peer map=m\nlocal all all peer map=n\n");
    Config config = Texts
        .settings("auth_type = hba\nauth_hba_file = " + hba + "\nauth_ident_file = " + ident);

    assertThat(config.hba().rules()).hasSize(1);
    assertThat(Objects.requireNonNull(config.hba().rules().getFirst()).map()).isEqualTo("m");
    assertThat(config.ident().allows("m", "sys", "db")).isTrue();
    assertThat(config.warnings())
        .containsExactly(
            "hba line 2 of " + hba + ": ident map \"n\" does not exist; line left out");
  }

  @Test
  void identMapsSayWhoMayBeWhom() throws IOException {
    IdentMaps maps = HbaReader.maps(Path.of("ident"), """
        # comment
        m  sys  db   # comment
        m  sys  other
        "m 2" "sys ""x""\" all
        m3 sys "all"
        """);

    assertThat(maps.warnings()).isEmpty();
    assertThat(maps.allows("m", "sys", "db")).isTrue();
    assertThat(maps.allows("m", "sys", "other")).isTrue();
    assertThat(maps.allows("m", "sys", "third")).isFalse();
    assertThat(maps.allows("m", "sys2", "db")).isFalse();
    assertThat(maps.allows("m 2", "sys \"x\"", "anybody")).isTrue();
    assertThat(maps.allows("m3", "sys", "anybody")).isFalse();
    assertThat(maps.allows("m3", "sys", "all")).isTrue();
    assertThat(maps.allows("gone", "sys", "db")).isFalse();
    assertThat(maps.has("m 2")).isTrue();
    assertThat(maps.has("m2")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"m", "m s", "m s d extra", "m,s d", "\"m s d", "m \"\" d"})
  void aBadIdentLineIsLeftOutWithAWarning(String line) {
    IdentMaps maps = HbaReader.maps(Path.of("ident"), line + "\nok s d\n");

    assertThat(maps.warnings()).hasSize(1).first().extracting(HbaRules.Warning::line).isEqualTo(1);
    assertThat(maps.has("ok")).isTrue();
    assertThat(maps.has("m")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1.2.3.4,01020304", "255.255.255.255,ffffffff", "::,00000000000000000000000000000000",
    "::1,00000000000000000000000000000001", "1::,00010000000000000000000000000000",
    "fd00:1::2:3,fd000001000000000000000000020003",
    "1:2:3:4:5:6:7:8,00010002000300040005000600070008",
    "::ffff:1.2.3.4,00000000000000000000ffff01020304",
    "1:2:3:4:5:6:7::,00010002000300040005000600070000",
    "1:2:3:4:5:6:1.2.3.4,00010002000300040005000601020304"})
  void addressesAreReadAsBytes(String text, String hex) {
    assertThat(Objects.requireNonNull(IpAddress.parse(text))).asHexString()
        .isEqualToIgnoringCase(hex);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "a.b.c.d", ":", ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::g", "1.2.3.4::", "::1.2.3.4:5",
    "1:2:3:4:5:6:7::8", "::1.2.3",
    "1.2.3.4:1:2:3:4:5:6"})
  void whatIsNoAddressIsNotRead(String text) {
    assertThat(IpAddress.parse(text)).isNull();
  }
}
