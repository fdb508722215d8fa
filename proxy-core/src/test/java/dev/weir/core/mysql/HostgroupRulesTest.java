package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.HostgroupAttributes;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.control.ControlException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HostgroupRulesTest {
  private static HostgroupAttributes row(String initConnect, boolean multiplex, String ignored,
      String settings, String defaults) {
    return new HostgroupAttributes(7, 3, -1, 40, initConnect, multiplex, true, 5, ignored,
        settings, defaults, "");
  }

  private static MysqlConfig config(Map<String, String> variables, HostgroupAttributes... rows) {
    return MysqlConfig.defaults().with(MysqlVariables.defaults().with(variables))
        .with(ConfigTables.HOSTGROUP_ATTRIBUTES, List.of(rows));
  }

  @Test
  void aHostgroupWithoutARowHasTheVariables() {
    HostgroupRules rules = HostgroupRules.of(config(
        Map.of("mysql-free_connections_pct", "25", "mysql-init_connect", "SET a=1",
            "mysql-connection_delay_multiplex_ms", "9"),
        row("", false, "", "", ""))).of(8);

    assertThat(rules.freeConnectionsPct()).isEqualTo(25);
    assertThat(rules.initConnect()).containsExactly("SET a=1");
    assertThat(rules.delayMultiplexMillis()).isEqualTo(9);
    assertThat(rules.multiplex()).isTrue();
    assertThat(rules.warming()).isFalse();
    assertThat(rules.connectsPerSecond()).isEqualTo(1_000_000);
    assertThat(rules.maxOnlineServers()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aRowCountsWithAllItsColumnsButAnEmptyInitConnect() {
    HostgroupRules rules = HostgroupRules.of(config(Map.of("mysql-init_connect", "SET a=1"),
        row("", false, "", "", ""))).of(7);

    assertThat(rules.maxOnlineServers()).isEqualTo(3);
    assertThat(rules.freeConnectionsPct()).isEqualTo(40);
    assertThat(rules.initConnect()).containsExactly("SET a=1");
    assertThat(rules.multiplex()).isFalse();
    assertThat(rules.warming()).isTrue();
    assertThat(rules.connectsPerSecond()).isEqualTo(5);
  }

  @Test
  void aRowCannotSwitchMultiplexingOnAgain() {
    assertThat(HostgroupRules.of(config(Map.of("mysql-multiplexing", "false"),
        row("SET b=2", true, "", "", ""))).of(7).multiplex()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      SET a=1                          | SET a=1
      SET a=1;                         | SET a=1
      SET a=1; ; SET b=';' ;           | SET a=1,SET b=';'
      SET a=1 /* ; */; -- x            | SET a=1 /* ; */
      ;;                               | ''
      """)
  void statementsAreToldApart(String sql, String expected) {
    assertThat(String.join(",", HostgroupRules.statements(sql))).isEqualTo(expected);
  }

  @Test
  void aTextThatDoesNotEndIsLeftToTheServer() {
    assertThat(HostgroupRules.statements("SET a='1; SET b=2")).containsExactly("SET a='1; SET b=2");
  }

  // --- JSON ---

  @Test
  void theLagOfBrokenReplicationMayBeAHostgroupsOwn() {
    MysqlConfig config = config(Map.of(),
        row("", true, "[\"a\"]", "{\"monitor_slave_lag_when_null\": 5}", "{\"weight\": 2}"));
    HostgroupJson.check(config);

    assertThat(HostgroupJson.lagWhenNull(config)).containsExactly(Map.entry(7, 5));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      {} | '' | '' | ignore_session_variables: it is not a list of names
      [1] | '' | '' | ignore_session_variables: it is not a list of names
      [ | '' | '' | ignore_session_variables: expected
      '' | [] | '' | hostgroup_settings: it is not an object
      '' | {"handle_warnings": 2} | '' | hostgroup_settings: handle_warnings is not a whole number, 0 to 1
      '' | {"monitor_slave_lag_when_null": "5"} | '' | monitor_slave_lag_when_null is not a whole number, 0 to 604800
      '' | null | '' | hostgroup_settings: it is not an object
      '' | '' | {"weight": -1} | servers_defaults: weight is not a whole number, 0 to 10000000
      '' | '' | {"use_ssl": 0.5} | servers_defaults: use_ssl is not a whole number, 0 to 1
      """)
  void aWrongValueIsNamed(String ignored, String settings, String defaults, String message) {
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> HostgroupJson
            .check(config(Map.of(), row("", true, ignored, settings, defaults))))
        .withMessageStartingWith("mysql_hostgroup_attributes 7: ").withMessageContaining(message);
  }

  @Test
  void whatHasNoEffectIsSaid() {
    List<String> lines = new ArrayList<>();
    HostgroupJson.withoutEffect(row("", true, "[\"a\"]",
        "{\"handle_warnings\": 0, \"new_in_four\": \"x\"}", "{\"use_ssl\": 1}"), lines);

    assertThat(lines).hasSize(4)
        .allMatch(line -> line.startsWith("mysql_hostgroup_attributes 7: "));
    assertThat(lines.toString()).contains("ignore_session_variables", "handle_warnings=0",
        "hostgroup_settings.new_in_four (not known here)", "servers_defaults");
  }
}
