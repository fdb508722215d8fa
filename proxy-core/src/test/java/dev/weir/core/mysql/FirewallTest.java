package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.FirewallRule;
import dev.weir.core.config.mysql.FirewallUser;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.control.ControlException;
import dev.weir.core.error.Refusal;
import dev.weir.core.sql.ClassificationCache;
import dev.weir.core.sql.DigestOptions;
import dev.weir.core.sql.SqlMode;
import dev.weir.core.sql.Statement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FirewallTest {
  private static final String SELECT = "0x1C46AE529DD5A40E"; // SELECT ?

  private final MysqlCounters counters = new MysqlCounters();

  private static Statement statement(String sql, @Nullable DigestOptions digests) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    return new ClassificationCache(0, digests, new Random(1)).get(SqlMode.MYSQL, bytes, 0,
        bytes.length);
  }

  private Firewall firewall(List<FirewallUser> users, List<FirewallRule> rules) {
    return Firewall.of(MysqlConfig.defaults()
        .with(MysqlVariables.defaults().with(Map.of("mysql-firewall_whitelist_enabled", "true",
            "mysql-firewall_whitelist_errormsg", "go away")))
        .with(ConfigTables.FIREWALL_USERS, users)
        .with(ConfigTables.FIREWALL_RULES, rules), counters);
  }

  private static FirewallUser user(String address, String mode) {
    return new FirewallUser(true, "app", address, mode, "");
  }

  private static FirewallRule rule(String address, String schema, int flag, String digest) {
    return new FirewallRule(true, "app", address, schema, flag, digest, "");
  }

  private static @Nullable Refusal ask(Firewall firewall, String sql) {
    return firewall.refuses("app", "10.0.0.7", "shop", 0, statement(sql, DigestOptions.DEFAULTS));
  }

  @ParameterizedTest
  @CsvSource({"OFF,true,0,0", "DETECTING,true,0,1", "PROTECTING,false,1,0",
    "protecting,false,1,0"})
  void eachMode(String mode, boolean passes, long blocked, long detected) {
    Firewall firewall = firewall(List.of(user("", mode)), List.of(rule("", "shop", 0, SELECT)));
    assertThat(ask(firewall, "SELECT 1")).isNull();
    Refusal refusal = ask(firewall, "SELECT 1, 2");
    if (passes) {
      assertThat(refusal).isNull();
    } else {
      assertThat(refusal).isEqualTo(new Refusal("42000", 1148, "go away"));
    }
    assertThat(counters.firewallBlocked.sum()).isEqualTo(blocked);
    assertThat(counters.firewallDetected.sum()).isEqualTo(detected);
  }

  @Test
  void whoIsNotListedIsProtected() {
    assertThat(ask(firewall(List.of(), List.of()), "SELECT 1")).isNotNull();
    assertThat(ask(firewall(List.of(), List.of(rule("", "shop", 0, SELECT))), "SELECT 1")).isNull();
  }

  @Test
  void aUserWithHisAddressGoesBeforeOneWithout() {
    List<FirewallUser> users = List.of(user("10.0.0.7", "PROTECTING"), user("", "OFF"));
    assertThat(ask(firewall(users, List.of(rule("", "shop", 0, SELECT))), "SELECT 1"))
        .as("rules are those of the address he was found with").isNotNull();
    assertThat(ask(firewall(users, List.of(rule("10.0.0.7", "shop", 0, SELECT))), "SELECT 1"))
        .isNull();
    assertThat(firewall(users, List.of()).refuses("app", "10.0.0.8", "shop", 0,
        statement("SELECT 1", DigestOptions.DEFAULTS))).isNull();
  }

  @Test
  void schemaFlagAndDigestMustAllBeThose() {
    List<FirewallUser> users = List.of(user("", "PROTECTING"));
    assertThat(ask(firewall(users, List.of(rule("", "other", 0, SELECT))), "SELECT 1")).isNotNull();
    assertThat(ask(firewall(users, List.of(rule("", "shop", 1, SELECT))), "SELECT 1")).isNotNull();
    assertThat(ask(firewall(users, List.of(rule("", "shop", 0, "0x1"))), "SELECT 1")).isNotNull();
    assertThat(ask(firewall(users, List.of(rule("", "shop", 0, "1c46ae529dd5a40e"))), "SELECT 1"))
        .isNull();
  }

  @Test
  void withoutDigestsNothingIsKnown() {
    Firewall firewall = firewall(List.of(user("", "PROTECTING")),
        List.of(rule("", "shop", 0, "0x0000000000000000")));
    assertThat(firewall.refuses("app", "10.0.0.7", "shop", 0, statement("SELECT 1", null)))
        .isNotNull();
  }

  @Test
  void rowsThatAreNotActiveDoNotCount() {
    Firewall firewall = firewall(List.of(new FirewallUser(false, "app", "", "OFF", "")),
        List.of(new FirewallRule(false, "app", "", "shop", 0, SELECT, "")));
    assertThat(ask(firewall, "SELECT 1")).isNotNull();
    assertThat(firewall.userTableBytes() + firewall.ruleTableBytes()).isZero();
  }

  @Test
  void aRowThatMeansNothingIsRefused() {
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> firewall(List.of(user("", "SOMETIMES")), List.of()))
        .withMessageContaining("app@").withMessageContaining("SOMETIMES");
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> firewall(List.of(), List.of(rule("", "shop", 0, "nonsense"))))
        .withMessageContaining("nonsense");
  }

  @Test
  void itsMemoryIsShown() {
    Firewall firewall = firewall(List.of(user("", "OFF")), List.of(rule("", "shop", 0, SELECT)));
    assertThat(firewall.userTableBytes()).isPositive();
    assertThat(firewall.userConfigBytes()).isEqualTo(6);
    assertThat(firewall.ruleTableBytes()).isPositive();
    assertThat(firewall.ruleConfigBytes()).isEqualTo(14);
  }
}
