package dev.weir.core.config.mysql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class VariablesTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "mysql-variables.md");
  private static final String REGENERATE = "mvn test -pl proxy-core -am -Dtest=VariablesTest -Dsurefire.failIfNoSpecifiedTests=false -Dweir.docs.write=true";

  @Test
  void thereAreAsManyAsInTheOriginal() {
    assertThat(VariableCatalogue.all()).filteredOn(v -> v.name().startsWith("mysql-")
        && !v.name().startsWith("mysql-weir_"))
        .hasSize(163);
  }

  @Test
  void everyDefaultIsAllowedAndAsItIsShown() {
    for (MysqlVariable variable : VariableCatalogue.all()) {
      assertThat(variable.normal(variable.defaultValue())).as(variable.name())
          .isEqualTo(variable.defaultValue());
    }
  }

  @ParameterizedTest
  @CsvSource({"mysql-have_ssl,1,true", "mysql-have_ssl,FALSE,false", "mysql-threads,08,8",
    "mysql-default_session_track_gtids,own_gtid,OWN_GTID", "mysql-init_connect,'',''"})
  void aValueIsKeptInOneSpelling(String name, String value, String kept) {
    assertThat(MysqlVariables.defaults().with(Map.of(name, value)).text(name)).isEqualTo(kept);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      mysql-have_ssl | yes | mysql-have_ssl: 'yes' is not true or false
      mysql-max_connections | 0 | mysql-max_connections: '0' is not a whole number, 1 to 1000000
      mysql-max_connections | 1e3 | mysql-max_connections: '1e3' is not a whole number, 1 to 1000000
      mysql-default_authentication_plugin | x | mysql-default_authentication_plugin: 'x' is not one of mysql_native_password, caching_sha2_password
      mysql-automatic_detect_sqli | true | mysql-automatic_detect_sqli: 'true' is refused: libinjection is not built in
      """)
  void aWrongValueIsRefusedWithWhatIsAllowed(String name, String value, String message) {
    assertThatExceptionOfType(ContradictionException.class)
        .isThrownBy(() -> MysqlVariables.defaults().with(Map.of(name, value)))
        .withMessage(message);
  }

  @Test
  void aRowComesBackAsItWentIn() {
    for (ConfigTable<?> table : ConfigTables.ALL) {
      roundTrip(table);
    }
  }

  private static <R> void roundTrip(ConfigTable<R> table) {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    for (String column : table.columns()) {
      values.put(column, "1");
    }
    List<@Nullable String> ones = List.copyOf(table.columns().stream().map(c -> "1").toList());
    R row = table.read(new RowValues(table.name(), values));
    assertThat(table.write(row)).as(table.name()).isEqualTo(ones);
    assertThat(table.byColumn(row)).as(table.name()).isEqualTo(values);
  }

  @Test
  void aUserIsShownWithoutHisPassword() {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    ConfigTables.USERS.columns().forEach(column -> values.put(column, "1"));
    values.put("password", "secret");

    assertThat(ConfigTables.USERS.read(new RowValues("mysql_users", values)).toString())
        .isEqualTo("UserRow[username=1, defaultHostgroup=1]");
  }

  @Test
  void aNumberThatIsNoneIsFoundAndNamed() {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    ConfigTables.SERVERS.columns().forEach(column -> values.put(column, "1"));
    values.put("max_connections", "many");

    assertThatExceptionOfType(ContradictionException.class)
        .isThrownBy(() -> ConfigTables.SERVERS.read(new RowValues("mysql_servers", values)))
        .withMessage("mysql_servers.max_connections: 'many' is not a whole number");
  }

  @Test
  void theCommittedPageIsWhatTheCatalogueSays() throws IOException {
    String page = page();
    if (Boolean.getBoolean("weir.docs.write")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }

    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as("%s; write it anew with: %s", PAGE, REGENERATE)
        .isEqualTo(page);
  }

  private static String page() {
    StringBuilder out = new StringBuilder(
        """
            # ProxySQL's variables

            Generated from the program; changes to this page are lost.

            They stand in `mysql_variables` and `admin_variables` of a proxysql.cnf, without their prefix, and in the table
            `global_variables` of the admin port, with it. Times are in milliseconds unless the meaning says otherwise. A
            value that is not allowed is an error. *Effect*: **yes**; **none** = taken and shown, nothing depends on it;
            **refused** = any other value than the default is an error. *R* = a change waits for a restart.

            | name | default | R | allowed | effect | meaning |
            |---|---|---|---|---|---|
            """);
    for (MysqlVariable variable : VariableCatalogue.all()) {
      String value = variable.defaultValue();
      out.append("| `").append(variable.name()).append("` | ")
          .append(value.isEmpty() ? "empty" : "`" + value + "`").append(" | ")
          .append(variable.atRestart() ? "R" : "").append(" | ").append(variable.described())
          .append(" | ").append(effect(variable.effect())).append(" | ").append(variable.doc())
          .append(" |\n");
    }
    return out.toString();
  }

  private static String effect(MysqlVariable.Effect effect) {
    return switch (effect) {
      case MysqlVariable.Effect.Obeyed() -> "yes";
      case MysqlVariable.Effect.Inert(String why) -> "none: " + why;
      case MysqlVariable.Effect.Refused(String why) -> "refused: " + why;
    };
  }
}
