package dev.weir.core.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** TLS towards clients and towards servers. */
public final class TlsSettings {
  public static final Setting<SslMode> CLIENT_TLS_SSLMODE = Setting
      .oneOf("client_tls_sslmode", SslMode.class).defaultsTo("disable")
      .doc("How much TLS is asked of clients; allow is the same as prefer.");

  public static final Setting<String> CLIENT_TLS_KEY_FILE = Setting.text("client_tls_key_file")
      .defaultsTo("")
      .doc("Private key shown to clients.");

  public static final Setting<String> CLIENT_TLS_CERT_FILE = Setting.text("client_tls_cert_file")
      .defaultsTo("")
      .doc("Certificate shown to clients.");

  public static final Setting<String> CLIENT_TLS_CA_FILE = Setting.text("client_tls_ca_file")
      .defaultsTo("")
      .doc("Authorities that sign the certificates of clients.");

  public static final Setting<Set<TlsVersion>> CLIENT_TLS_PROTOCOLS = Setting
      .protocols("client_tls_protocols").defaultsTo("secure")
      .doc("TLS versions for clients; secure is 1.2 and 1.3.");

  public static final Setting<String> CLIENT_TLS_CIPHERS = Setting.text("client_tls_ciphers")
      .defaultsTo("default")
      .doc("Ciphers for clients up to TLS 1.2.");

  public static final Setting<@Nullable String> CLIENT_TLS13_CIPHERS = Setting
      .text("client_tls13_ciphers").unset()
      .doc("Cipher suites for clients with TLS 1.3.");

  public static final Setting<String> CLIENT_TLS_ECDHCURVE = Setting.text("client_tls_ecdhcurve")
      .defaultsTo("auto")
      .doc("Curve for the key exchange with clients: none, auto or a name.");

  public static final Setting<String> CLIENT_TLS_DHEPARAMS = Setting.text("client_tls_dheparams")
      .defaultsTo("auto")
      .refusedBecause(value -> !value.equalsIgnoreCase("auto") && !value.equalsIgnoreCase("none"),
          "no TLS library here offers other parameters; the legacy ones of 1024 bits are broken")
      .doc("Diffie-Hellman parameters for clients: none or auto.");

  public static final Setting<SslMode> SERVER_TLS_SSLMODE = Setting
      .oneOf("server_tls_sslmode", SslMode.class).defaultsTo("prefer")
      .doc("How much TLS is asked of servers.");

  public static final Setting<String> SERVER_TLS_CA_FILE = Setting.text("server_tls_ca_file")
      .defaultsTo("")
      .doc("Authorities that sign the certificates of servers.");

  public static final Setting<String> SERVER_TLS_KEY_FILE = Setting.text("server_tls_key_file")
      .defaultsTo("")
      .doc("Private key shown to servers.");

  public static final Setting<String> SERVER_TLS_CERT_FILE = Setting.text("server_tls_cert_file")
      .defaultsTo("")
      .doc("Certificate shown to servers.");

  public static final Setting<Set<TlsVersion>> SERVER_TLS_PROTOCOLS = Setting
      .protocols("server_tls_protocols").defaultsTo("secure")
      .doc("TLS versions for servers; secure is 1.2 and 1.3.");

  public static final Setting<String> SERVER_TLS_CIPHERS = Setting.text("server_tls_ciphers")
      .defaultsTo("default")
      .doc("Ciphers for servers up to TLS 1.2.");

  public static final Setting<@Nullable String> SERVER_TLS13_CIPHERS = Setting
      .text("server_tls13_ciphers").unset()
      .doc("Cipher suites for servers with TLS 1.3.");

  /** What clients see. */
  static final List<Setting<?>> CLIENT = List.of(
      CLIENT_TLS_SSLMODE,
      CLIENT_TLS_KEY_FILE,
      CLIENT_TLS_CERT_FILE,
      CLIENT_TLS_CA_FILE,
      CLIENT_TLS_PROTOCOLS,
      CLIENT_TLS_CIPHERS,
      CLIENT_TLS13_CIPHERS,
      CLIENT_TLS_ECDHCURVE,
      CLIENT_TLS_DHEPARAMS);

  /** What servers see. */
  static final List<Setting<?>> SERVER = List.of(
      SERVER_TLS_SSLMODE,
      SERVER_TLS_CA_FILE,
      SERVER_TLS_KEY_FILE,
      SERVER_TLS_CERT_FILE,
      SERVER_TLS_PROTOCOLS,
      SERVER_TLS_CIPHERS,
      SERVER_TLS13_CIPHERS);

  /** All of them, in the order of the manual. */
  static final List<Setting<?>> ALL = Stream.of(CLIENT, SERVER).<Setting<?>>flatMap(List::stream)
      .toList();

  private TlsSettings() {}

  /** Whether a setting of this name, in any case, is one of these. */
  public static boolean has(String name) {
    return ALL.stream().anyMatch(setting -> setting.name().equalsIgnoreCase(name));
  }
}
