package dev.weir.core.config;

import dev.weir.core.config.ConfigException.Place;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether settings that are right one by one also fit together. */
final class ConfigChecks {
  private static final List<Setting<?>> PATHS = List.of(ProcessSettings.CONFFILE,
      ProcessSettings.LOGFILE,
      ProcessSettings.PIDFILE, AuthSettings.AUTH_FILE, AuthSettings.AUTH_HBA_FILE,
      AuthSettings.AUTH_IDENT_FILE,
      TlsSettings.CLIENT_TLS_CA_FILE, TlsSettings.CLIENT_TLS_CERT_FILE,
      TlsSettings.CLIENT_TLS_KEY_FILE,
      TlsSettings.SERVER_TLS_CA_FILE, TlsSettings.SERVER_TLS_CERT_FILE,
      TlsSettings.SERVER_TLS_KEY_FILE);

  /** What does not fit, and the setting where to mend it. */
  record Problem(Setting<?> setting, String text, @Nullable String originalLogLine) {}

  private ConfigChecks() {}

  /** Checks a configuration that was read. */
  static void afterLoad(Config config, Map<Setting<?>, Place> places) throws ConfigException {
    paths(config, places);
    Problem problem = general(config);
    if (problem == null) {
      problem = tls(config);
    }
    refuse(problem, places);
  }

  /** Checks a configuration changed by SET; TLS settings are changed one by one and may not fit in between. */
  static void afterSet(Config config) throws ConfigException {
    paths(config, Map.of());
    refuse(general(config), Map.of());
  }

  private static void paths(Config config, Map<Setting<?>, Place> places) throws ConfigException {
    for (Setting<?> setting : PATHS) {
      String text = config.shown(setting);
      if (text != null && TextFiles.path(text) == null) {
        refuse(new Problem(setting, "is not the name of a file", null), places);
      }
    }
  }

  private static void refuse(@Nullable Problem problem, Map<Setting<?>, Place> places)
      throws ConfigException {
    if (problem != null) {
      throw new ConfigException(places.get(problem.setting()), Config.subject(problem.setting()),
          problem.text(),
          problem.originalLogLine());
    }
  }

  private static @Nullable Problem general(Config config) {
    if (EntryReader.CONSOLE.equals(config.get(AuthSettings.AUTH_DBNAME))) {
      String text = "cannot use the reserved \"pgbouncer\" database as an auth_dbname";
      return new Problem(AuthSettings.AUTH_DBNAME, text, text);
    }
    String ldap = config.get(AuthSettings.AUTH_LDAP_OPTIONS);
    if (config.get(AuthSettings.AUTH_TYPE) == AuthType.LDAP && (ldap == null || ldap.isEmpty())) {
      return new Problem(AuthSettings.AUTH_TYPE, "ldap needs auth_ldap_options",
          "auth_ldap_options is null");
    }
    return null;
  }

  static @Nullable Problem tls(Config config) {
    SslMode client = config.get(TlsSettings.CLIENT_TLS_SSLMODE);
    boolean clientKey = given(config, TlsSettings.CLIENT_TLS_KEY_FILE);
    boolean clientCert = given(config, TlsSettings.CLIENT_TLS_CERT_FILE);
    boolean clientCa = given(config, TlsSettings.CLIENT_TLS_CA_FILE);
    if (config.get(AuthSettings.AUTH_TYPE) == AuthType.CERT
        && (client != SslMode.VERIFY_FULL || !clientCa)) {
      return new Problem(AuthSettings.AUTH_TYPE,
          "cert needs client_tls_sslmode = verify-full and client_tls_ca_file", null);
    }
    if (client != SslMode.DISABLE && !(clientKey && clientCert)) {
      return new Problem(TlsSettings.CLIENT_TLS_SSLMODE,
          client.spelling() + " needs client_tls_key_file and client_tls_cert_file", null);
    }
    if ((client == SslMode.VERIFY_CA || client == SslMode.VERIFY_FULL) && !clientCa) {
      return new Problem(TlsSettings.CLIENT_TLS_SSLMODE,
          client.spelling() + " needs client_tls_ca_file", null);
    }
    boolean serverKey = given(config, TlsSettings.SERVER_TLS_KEY_FILE);
    if (serverKey != given(config, TlsSettings.SERVER_TLS_CERT_FILE)) {
      return new Problem(
          serverKey ? TlsSettings.SERVER_TLS_KEY_FILE : TlsSettings.SERVER_TLS_CERT_FILE,
          "server_tls_key_file and server_tls_cert_file need each other", null);
    }
    return null;
  }

  private static boolean given(Config config, Setting<String> file) {
    return !config.get(file).isEmpty();
  }

  static Set<String> knownUsers(Config config) {
    Set<String> users = new LinkedHashSet<>(config.authFile().users());
    users.addAll(config.users().keySet());
    for (DatabaseEntry database : config.databases().values()) {
      add(users, database.user());
      add(users, database.authUser());
    }
    DatabaseEntry template = config.template();
    if (template != null) {
      add(users, template.user());
      add(users, template.authUser());
    }
    config.mysqlDatabases().values().forEach(entry -> add(users, entry.common().user()));
    MysqlDatabaseEntry mysqlTemplate = config.mysqlTemplate();
    if (mysqlTemplate != null) {
      add(users, mysqlTemplate.common().user());
    }
    add(users, config.get(AuthSettings.AUTH_USER));
    return users;
  }

  private static void add(Set<String> users, @Nullable String user) {
    if (user != null && !user.isEmpty()) {
      users.add(user);
    }
  }
}
