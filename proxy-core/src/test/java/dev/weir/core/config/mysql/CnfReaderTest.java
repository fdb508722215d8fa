package dev.weir.core.config.mysql;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CnfReaderTest {
  private static final String PRODUCTION = """
      # as it is shipped, mixing = and :
      datadir="/var/lib/weir"
      errorlog="/var/lib/weir/weir.log";
      admin_variables=
      {
      \tadmin_credentials="admin:admin;radmin:radmin"
      \tmysql_ifaces="0.0.0.0:6032"
      }
      mysql_variables= // groups need no separators
      {
        threads=4, max_connections=2048
        default_query_delay=0
        poll_timeout=2000
        interfaces="0.0.0.0:6033"
        default_schema="information" "_schema"
        stacksize=0x100000
        monitor_history=600000L
        commands_stats=true
        have_ssl=1
      }
      mysql_servers =
      (
        { address="10.0.0.1" , port=3306 , hostgroup=1 , max_connections=200 },
        { hostname = "10.0.0.2"; hostgroup_id = 2; weight = 1000; status = "OFFLINE_SOFT"; use_ssl = true },
      )
      mysql_users:
      (
        { username = "app" , password = "p\\"w" , default_hostgroup = 1 , active = 1, backend = 1, frontend = 1 }
      )
      /* rules
         are active unless they say otherwise */
      mysql_query_rules:
      (
        { rule_id=1 match_pattern="^SELECT .* FOR UPDATE$" destination_hostgroup=1 apply=1 },
        { rule_id=2; active=0; match_digest="^SELECT"; destination_hostgroup=2; apply=1 }
      )
      scheduler=
      (
        { id=1 active=0 interval_ms=10000 filename="/var/lib/weir/galera.sh" arg1="0" arg2="true" }
      )
      mysql_replication_hostgroups=
      (
        { writer_hostgroup=30 reader_hostgroup=40 comment="test repl 1" }
      )
      mysql_galera_hostgroups = ( { writer_hostgroup=1 backup_writer_hostgroup=2 reader_hostgroup=3 offline_hostgroup=4 max_writers=1 } )
      proxysql_servers = ( )
      """;

  @Test
  void readsAFileAsItIsShipped() throws CnfException {
    CnfFile file = read(PRODUCTION);

    assertThat(file.settings()).containsEntry("datadir", "/var/lib/weir");
    assertThat(file.variables())
        .containsEntry("admin-admin_credentials", "admin:admin;radmin:radmin")
        .containsEntry("mysql-default_schema", "information_schema")
        .containsEntry("mysql-stacksize", "1048576")
        .containsEntry("mysql-monitor_history", "600000")
        .containsEntry("mysql-have_ssl", "true");
    assertThat(file.rows(ConfigTables.SERVERS)).extracting(CnfFile.Row::values).containsExactly(
        Map.of("hostname", "10.0.0.1", "port", "3306", "hostgroup_id", "1", "max_connections",
            "200"),
        Map.of("hostname", "10.0.0.2", "hostgroup_id", "2", "weight", "1000", "status",
            "OFFLINE_SOFT", "use_ssl", "1"));
    assertThat(file.rows(ConfigTables.USERS).getFirst().values()).containsEntry("password", "p\"w")
        .doesNotContainKey("frontend");
    assertThat(file.rows(ConfigTables.SCHEDULER).getFirst().values()).containsEntry("arg2", "true");
    assertThat(file.rows()).containsKey(ConfigTables.PROXYSQL_SERVERS);
    assertThat(file.warnings()).isEmpty();
  }

  @Test
  void aRuleIsActiveUnlessTheFileSaysOtherwise() throws CnfException {
    assertThat(read(PRODUCTION).rows(ConfigTables.QUERY_RULES))
        .extracting(row -> row.values().get("active")).containsExactly("1", "0");
  }

  @Test
  void everyTableCanBeInTheFile() throws CnfException {
    CnfFile file = read(
        "mysql_query_rules_fast_routing = ( { username = \"u\", schemaname = \"s\", destination_hostgroup = 7 } )\n"
            + "restapi = ( { id = 1, interval_ms = 1000, method = \"GET\", uri = \"x\", script = \"/s\" } )");

    assertThat(file.rows(ConfigTables.FAST_ROUTING).getFirst().values())
        .containsEntry("destination_hostgroup", "7");
    assertThat(file.rows(ConfigTables.RESTAPI_ROUTES).getFirst().values())
        .containsEntry("timeout_ms", "1000");
    assertThat(CnfList.ALL).extracting(CnfList::table).containsExactlyInAnyOrderElementsOf(
        ConfigTables.ALL);
  }

  @Test
  void namesOfOtherVersionsAreLeftOutWithAWarning() throws CnfException {
    CnfFile file = read("""
        pgsql_servers = ( { x = 1 } )
        mysql_variables = { eventslog_rate_limit = 3; forward_autocommit = true }
        mysql_users = ( { username = "u", require_x509 = 1 } )
        """);

    assertThat(file.warnings()).containsExactly(
        "a.cnf:1: pgsql_servers is not known here and left out",
        "a.cnf:2: there is no variable mysql-eventslog_rate_limit; it is left out",
        "a.cnf:3: mysql_users has no require_x509; it is left out");
    assertThat(file.variables()).isEmpty();
  }

  @Test
  void anIncludedFileIsReadInPlace() throws CnfException {
    CnfFile file = CnfReader.read("a.cnf", "datadir = \"/d\";\n@include \"vars.cnf\"\n", name -> {
      assertThat(name).isEqualTo("vars.cnf");
      return "mysql_variables = { threads = 8 }";
    });

    assertThat(file.variables()).containsEntry("mysql-threads", "8");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      datadir = "/d" ~ mysql_variables = { ~ threads = | a.cnf:3: unexpected the end of the file; a value is due
      mysql_variables = ~ { threads = 4 | a.cnf:2: a group is not closed with }
      x = "abc | a.cnf:1: a string does not end
      x = 1 /* | a.cnf:1: a comment does not end
      x 1 | a.cnf:1: unexpected '1'; = or : is due after x
      x = 12z | a.cnf:1: '12z' is not a number
      x = 99999999999999999999 | a.cnf:1: '99999999999999999999' is too large a number
      x = 1; ~ x = 2; | a.cnf:2: x is there twice
      x = "\\x0" | a.cnf:1: \\x needs two digits, and not 00
      $ | a.cnf:1: unexpected character '$'
      @include "a.cnf" | a.cnf:1: more than 100 files are included
      mysql_variables = ~ { ~ max_connections = 0 ~ } | a.cnf:3: mysql-max_connections: '0' is not a whole number, 1 to 1000000
      admin_variables = { web_enabled = true } | a.cnf:1: admin-web_enabled: 'true' is refused: there is no such page; see Weir's own HTTP port
      mysql_servers = ( ~ { port = 1 } ) | a.cnf:2: mysql_servers needs hostname
      mysql_servers = { } | a.cnf:1: mysql_servers must be a list ( )
      mysql_servers = ( 1 ) | a.cnf:1: mysql_servers must hold groups { }
      mysql_servers = ( { address = "a", hostname = "b", hostgroup = 1 } ) | a.cnf:1: mysql_servers: address and hostname mean the same
      mysql_variables = ( ) | a.cnf:1: mysql_variables must be a group { }
      """)
  void aMistakeNamesFileLineAndReason(String text, String message) {
    String file = text.replace(" ~ ", "\n");

    assertThatExceptionOfType(CnfException.class)
        .isThrownBy(() -> CnfReader.read("a.cnf", file, name -> file)).withMessage(message);
  }

  @Test
  void nestingHasABound() {
    assertThatExceptionOfType(CnfException.class)
        .isThrownBy(() -> read("x = " + "(".repeat(100_000)))
        .withMessage("a.cnf:1: nested more than 32 deep");
  }

  private static CnfFile read(String text) throws CnfException {
    return CnfReader.read("a.cnf", text, name -> {
      throw new IOException("no files here");
    });
  }
}
