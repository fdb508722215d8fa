package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.config.mysql.ServerSslParams;
import dev.weir.core.net.tls.ServerTls;
import dev.weir.core.net.tls.TlsConfigException;
import dev.weir.core.net.tls.TlsMode;
import dev.weir.core.net.tls.TlsOptions;
import dev.weir.core.net.tls.TrustFiles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards servers with {@code use_ssl}: the row of {@code mysql_servers_ssl_params} for server and user, else the one
 * for the server and any user, else the variables {@code ssl_p2s_*}. A row counts with all of its columns. A server's
 * certificate is checked where an authority is named, its host name never, as in ProxySQL. Immutable; any thread.
 */
final class BackendTls {
  /** Of a row, or for everybody else: one of the two is there. */
  record Material(@Nullable ServerTls tls, String problem) {}

  /** What is configured, before any file is read. */
  record Wish(TlsOptions general, Map<Server, TlsOptions> own) {}

  /** @param user empty for any */
  record Server(String host, int port, String user) {}

  private static final Material NOT_READ = new Material(null, "TLS is not set up");
  static final BackendTls NONE = new BackendTls(
      new Wish(TlsOptions.of(TlsMode.REQUIRE), Map.of()), NOT_READ, Map.of());
  private static final String VARIABLES = "mysql-ssl_p2s_*";

  private final Wish wish;
  private final Material general;
  private final Map<Server, Material> own;

  private BackendTls(Wish wish, Material general, Map<Server, Material> own) {
    this.wish = wish;
    this.general = general;
    this.own = own;
  }

  static Wish wish(MysqlConfig config) {
    MysqlVariables v = config.variables();
    TlsOptions general = options(v.text("mysql-ssl_p2s_ca"), v.text("mysql-ssl_p2s_cert"),
        v.text("mysql-ssl_p2s_key"), new TrustFiles(v.text("mysql-ssl_p2s_capath"),
            v.text("mysql-ssl_p2s_crl"), v.text("mysql-ssl_p2s_crlpath")),
        v.text("mysql-ssl_p2s_cipher"), "");
    Map<Server, TlsOptions> own = new LinkedHashMap<>();
    for (ServerSslParams row : config.rows(ConfigTables.SERVERS_SSL_PARAMS)) {
      own.put(new Server(row.hostname(), row.port(), row.username()),
          options(row.sslCa(), row.sslCert(), row.sslKey(),
              new TrustFiles(row.sslCapath(), row.sslCrl(), row.sslCrlpath()), row.sslCipher(),
              row.tlsVersion()));
    }
    return new Wish(general, own);
  }

  private static TlsOptions options(String ca, String cert, String key, TrustFiles more,
      String ciphers, String versions) {
    boolean checks = Stream.of(ca, more.caPath(), more.crlFile(), more.crlPath())
        .anyMatch(text -> !text.isEmpty());
    Map<Boolean, String> bySuites13 = Stream.of(ciphers.split("[:, ;]+", -1))
        .filter(name -> !name.isEmpty()).collect(Collectors.partitioningBy(
            name -> name.startsWith("TLS_"), Collectors.joining(":")));
    String suites13 = bySuites13.getOrDefault(true, "");
    String older = bySuites13.getOrDefault(false, "");
    boolean only13 = versions.isEmpty() && older.isEmpty() && !suites13.isEmpty();
    return TlsOptions.of(checks ? TlsMode.VERIFY_CA : TlsMode.REQUIRE).identity(key, cert).ca(ca)
        .trust(more).suites(older, suites13)
        .versions(only13 ? "tlsv1.3" : versions);
  }

  /**
   * Reads the files. Blocks. Whatever cannot be used is kept with the reason, for whoever wants to connect with it.
   *
   * @param handshakes runs the handshakes' computations
   */
  static BackendTls read(Wish wish, Executor handshakes) {
    Map<TlsOptions, Material> known = new HashMap<>(); // rows are often alike
    Material general = known.computeIfAbsent(wish.general,
        options -> material(VARIABLES, options, handshakes));
    Map<Server, Material> own = new HashMap<>();
    wish.own.forEach((server, options) -> own.put(server, known.computeIfAbsent(options,
        _ -> material(name(server), options, handshakes))));
    return new BackendTls(wish, general, Map.copyOf(own));
  }

  private static String name(Server server) {
    return "mysql_servers_ssl_params " + server.host + ":" + server.port
        + (server.user.isEmpty() ? "" : " for " + server.user);
  }

  private static Material material(String name, TlsOptions options, Executor handshakes) {
    if (options.keyFile().isEmpty() != options.certFile().isEmpty()) {
      return new Material(null, name + ": certificate and key need each other");
    }
    try {
      return new Material(ServerTls.of(options, handshakes), "");
    } catch (TlsConfigException e) {
      return new Material(null, name + ": " + e.getMessage());
    }
  }

  /** What it was read for. */
  Wish wish() {
    return wish;
  }

  /** A line for each part that cannot be used. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    Stream.concat(Stream.of(general), own.values().stream()).map(Material::problem)
        .filter(problem -> !problem.isEmpty()).distinct().forEach(problems::add);
    return problems;
  }

  Material of(String host, int port, String user) {
    Material found = own.get(new Server(host, port, user));
    if (found == null) {
      found = own.get(new Server(host, port, ""));
    }
    return found == null ? general : found;
  }
}
