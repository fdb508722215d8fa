package dev.weir.core.config;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Holds the catalogue against PgBouncer's own list of settings. */
class SettingsTableTest {
  private static final String UNSET = "-";
  /** Stands for a text that no value of the type refuses. */
  private static final String NONE = "none";

  /** Name, default ({@code -} unset, {@code ""} empty), y when RELOAD changes it, a value that is refused. */
  private static final String TABLE = """
      admin_users|""|y|none
      application_name_add_host|0|y|yes
      auth_dbname|-|y|none
      auth_file|-|y|none
      auth_hba_file|""|y|none
      auth_ident_file|-|y|none
      auth_ldap_options|-|y|none
      auth_query|SELECT rolname, CASE WHEN rolvaliduntil < now() THEN NULL ELSE rolpassword END FROM pg_authid \
      WHERE rolname=$1 AND rolcanlogin|y|none
      auth_type|md5|y|peer
      auth_user|-|y|none
      autodb_idle_timeout|3600|y|-1
      cancel_wait_timeout|10|y|1s
      client_idle_timeout|0|y|-0.5
      client_login_timeout|60|y|abc
      client_tls13_ciphers|-|y|none
      client_tls_ca_file|""|y|none
      client_tls_cert_file|""|y|none
      client_tls_ciphers|default|y|none
      client_tls_dheparams|auto|y|legacy
      client_tls_ecdhcurve|auto|y|none
      client_tls_key_file|""|y|none
      client_tls_protocols|secure|y|legacy
      client_tls_sslmode|disable|y|on
      conffile|-|y|none
      default_pool_size|20|y|20x
      disable_pqexec|0|n|no
      dns_max_ttl|15|y|
      dns_nxdomain_ttl|15|y|-1
      dns_zone_check_period|0|y|1
      idle_transaction_timeout|0|y|nan
      ignore_startup_parameters|""|y|none
      job_name|pgbouncer|n|none
      listen_addr|""|n|none
      listen_backlog|128|n|-1
      listen_port|6432|n|65536
      log_connections|1|y|true
      log_disconnections|1|y|on
      log_pooler_errors|1|y|off
      log_stats|1|y|1.0
      logfile|""|y|none
      login_notify_message|""|y|none
      max_client_conn|100|y|2147483648
      max_db_client_connections|0|y|-2
      max_db_connections|0|y|one
      max_packet_size|2147483647|y|4294967296
      max_prepared_statements|200|y|-1
      max_user_client_connections|0|y|0x
      max_user_connections|0|y|08
      min_pool_size|0|y|1 2
      peer_id|0|y|65536
      pidfile|""|n|none
      pkt_buf|4096|n|0
      pool_mode|session|y|sessions
      pool_idle_timeout|0|y|inf
      query_timeout|0|y|0x
      query_wait_notify|5|y|0.5
      query_wait_timeout|120|y|120s
      reserve_pool_size|0|y|-2
      reserve_pool_timeout|5|y|five
      resolv_conf|""|n|/etc/resolv.conf
      sbuf_loopcnt|5|y|-1
      scram_iterations|4096|y|0
      server_check_delay|30|y|1e99
      server_check_query|<empty>|y|none
      server_connect_timeout|15|y|15,0
      server_fast_close|0|y|x
      server_idle_timeout|600|y|-600
      server_lifetime|3600|y|1h
      server_login_retry|15|y|.
      server_reset_query|DISCARD ALL|y|none
      server_reset_query_always|0|y|never
      server_round_robin|0|y|9999999999
      server_tls13_ciphers|-|y|none
      server_tls_ca_file|""|y|none
      server_tls_cert_file|""|y|none
      server_tls_ciphers|default|y|none
      server_tls_key_file|""|y|none
      server_tls_protocols|secure|y|tlsv1.4
      server_tls_sslmode|prefer|y|verify_full
      so_reuseport|0|n|y
      stats_period|60|y|0
      stats_users|""|y|none
      suspend_timeout|10|y|-1
      syslog|0|y|f
      syslog_facility|daemon|y|local8
      syslog_ident|pgbouncer|y|none
      tcp_defer_accept|1|y|t
      tcp_keepalive|1|y|maybe
      tcp_keepcnt|0|y|-1
      tcp_keepidle|0|y|-1
      tcp_keepintvl|0|y|-1
      tcp_socket_buffer|0|y|4k
      tcp_user_timeout|0|y|-1
      track_extra_parameters|IntervalStyle|n|none
      transaction_timeout|0|y|-1
      unix_socket_dir|/tmp|n|none
      unix_socket_group|""|n|none
      unix_socket_mode|0777|n|0778
      user|-|n|none
      verbose|-|y|-1
      """;

  record Row(String name, @Nullable String defaultText, boolean reloadable, @Nullable String bad) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (String line : TABLE.lines().toList()) {
      String[] cells = line.split("\\|", -1);
      String text = cells[1].equals(UNSET) ? null : cells[1].replace("\"\"", "");
      rows.add(
          new Row(cells[0], text, cells[2].equals("y"), cells[3].equals(NONE) ? null : cells[3]));
    }
    return rows;
  }

  private static List<Setting<?>> pgbouncerSettings() {
    return SettingsCatalogue.standard().all().stream()
        .filter(setting -> setting.section() == Setting.Section.PGBOUNCER).toList();
  }

  @Test
  void theCatalogueHasTheHundredSettingsOfUnixInTheOrderOfShowConfig() {
    assertThat(pgbouncerSettings()).extracting(Setting::name)
        .containsExactlyElementsOf(rows().stream().map(Row::name).toList()).hasSize(100);
  }

  @Test
  void windowsHasOneMore() {
    SettingsCatalogue windows = new SettingsCatalogue(
        List.of(ProcessSettings.ALL, PoolSettings.ALL), true);

    assertThat(windows.find("service_name")).isSameAs(ProcessSettings.SERVICE_NAME);
    assertThat(SettingsCatalogue.standard().find("service_name")).isNull();
    assertThat(ProcessSettings.SERVICE_NAME.reloadable()).isFalse();
    assertThat(ProcessSettings.SERVICE_NAME.defaultText()).isNull();
  }

  @Test
  void ownSettingsComeAfterThoseOfPgbouncerByName() {
    List<String> own = SettingsCatalogue.standard().all().stream().skip(100).map(Setting::name)
        .toList();

    assertThat(own).isSorted().contains("workers", "http_listen", "login_packet_limit");
    assertThat(SettingsCatalogue.standard().all().stream().skip(100))
        .allMatch(s -> s.section() == Setting.Section.WEIR);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void defaultAndReloadabilityAreThoseOfPgbouncer(Row row) {
    Setting<?> setting = find(row.name());

    assertThat(setting.defaultText()).isEqualTo(row.defaultText());
    assertThat(setting.reloadable()).isEqualTo(row.reloadable());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aBadValueIsAnErrorThatNamesSettingLineAndWhatIsAllowed(Row row) throws BadValueException {
    String text = "[databases]\n[pgbouncer]\n" + row.name() + " = ";
    if (row.bad() == null) {
      assertThat(find(row.name()).parse("any text, 'really' any").shown())
          .isEqualTo("any text, 'really' any");
      return;
    }
    assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Texts.read(text + row.bad()))
        .satisfies(e -> {
          assertThat(e.line()).isEqualTo(3);
          assertThat(e.file()).isEqualTo(Texts.FILE);
          assertThat(e.subject()).isEqualTo("[pgbouncer] " + row.name());
          assertThat(e.getMessage())
              .startsWith(Texts.FILE + ":3: [pgbouncer] " + row.name() + ": \"" + row.bad())
              .containsAnyOf("; allowed: " + find(row.name()).allowed(), "is refused because");
        });
  }

  private static Setting<?> find(String name) {
    return Objects.requireNonNull(SettingsCatalogue.standard().find(name), name);
  }

  @Test
  void everySettingDeclaredIsInItsList() throws IllegalAccessException {
    record Group(Class<?> type, List<Setting<?>> all) {}
    for (Group group : List.of(new Group(ProcessSettings.class, ProcessSettings.ALL),
        new Group(AuthSettings.class, AuthSettings.ALL),
        new Group(PoolSettings.class, PoolSettings.ALL),
        new Group(TimeoutSettings.class, TimeoutSettings.ALL),
        new Group(LogSettings.class, LogSettings.ALL),
        new Group(TlsSettings.class, TlsSettings.ALL),
        new Group(NetworkSettings.class, NetworkSettings.ALL),
        new Group(WeirSettings.class, WeirSettings.ALL))) {
      List<Object> declared = new ArrayList<>();
      for (Field field : group.type().getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == Setting.class) {
          declared.add(field.get(null));
          assertThat(field.getName()).isEqualToIgnoringCase(((Setting<?>) field.get(null)).name());
        }
      }
      assertThat(group.all()).containsExactlyInAnyOrderElementsOf(
          declared.stream().map(setting -> (Setting<?>) setting).toList());
    }
  }

  @Test
  void everySettingSaysWhatItDoes() {
    assertThat(SettingsCatalogue.standard().all())
        .allSatisfy(setting -> assertThat(setting.doc()).endsWith(".").doesNotContain("|"));
  }

  static Stream<Setting<?>> settings() {
    return SettingsCatalogue.standard().all().stream().sorted(Comparator.comparing(Setting::name));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void everyDefaultIsAValueItsSettingTakes(Setting<?> setting) throws BadValueException {
    String text = setting.defaultText();
    if (text != null) {
      assertThat(setting.parse(text)).isEqualTo(setting.defaultValue());
    }
  }
}
