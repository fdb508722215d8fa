package dev.weir.core.config;

import java.time.Duration;
import java.util.List;

/** Names and TCP. */
public final class NetworkSettings {
  public static final Setting<Duration> DNS_MAX_TTL = Setting.time("dns_max_ttl").defaultsTo("15")
      .doc("Time an address found for a name is kept.");

  public static final Setting<Duration> DNS_NXDOMAIN_TTL = Setting.time("dns_nxdomain_ttl")
      .defaultsTo("15")
      .doc("Time a name that was not found is not asked for again.");

  public static final Setting<Duration> DNS_ZONE_CHECK_PERIOD = Setting
      .time("dns_zone_check_period").defaultsTo("0").refusedBecause(period -> !period.isZero(),
          "names are resolved by the system, which cannot be asked for a zone's serial number")
      .doc("Interval at which zones are asked for their serial number.");

  public static final Setting<String> RESOLV_CONF = Setting.text("resolv_conf").defaultsTo("")
      .notReloadable()
      .refusedBecause(file -> !file.isEmpty(),
          "names are resolved by the system, which reads its own file")
      .doc("Another file instead of /etc/resolv.conf.");

  public static final Setting<Boolean> TCP_DEFER_ACCEPT = Setting.flag("tcp_defer_accept")
      .defaultsTo(Platform.deferAccept())
      .doc("Accepts a connection only when its first bytes have arrived.");

  public static final Setting<Integer> TCP_SOCKET_BUFFER = Setting
      .whole("tcp_socket_buffer", 0, Integer.MAX_VALUE).defaultsTo("0")
      .doc("Bytes of the system's buffers for a connection; 0 leaves it to the system.");

  public static final Setting<Boolean> TCP_KEEPALIVE = Setting.flag("tcp_keepalive").defaultsTo("1")
      .doc("Lets the system test idle connections, of clients and of servers.");

  public static final Setting<Integer> TCP_KEEPCNT = Setting
      .whole("tcp_keepcnt", 0, Integer.MAX_VALUE).defaultsTo("0")
      .doc("Tests without answer after which a connection is dead; 0 leaves it to the system.");

  public static final Setting<Integer> TCP_KEEPIDLE = Setting
      .whole("tcp_keepidle", 0, Integer.MAX_VALUE).defaultsTo("0")
      .doc("Idle seconds before the first test; 0 leaves it to the system.");

  public static final Setting<Integer> TCP_KEEPINTVL = Setting
      .whole("tcp_keepintvl", 0, Integer.MAX_VALUE).defaultsTo("0")
      .doc("Seconds between tests; 0 leaves it to the system.");

  public static final Setting<Integer> TCP_USER_TIMEOUT = Setting
      .whole("tcp_user_timeout", 0, Integer.MAX_VALUE).defaultsTo("0")
      .doc("Milliseconds sent bytes may stay unconfirmed; 0 leaves it to the system.");

  /** All of them, in the order of the manual. */
  static final List<Setting<?>> ALL = List.of(
      DNS_MAX_TTL, DNS_NXDOMAIN_TTL, DNS_ZONE_CHECK_PERIOD, RESOLV_CONF, TCP_DEFER_ACCEPT,
      TCP_SOCKET_BUFFER, TCP_KEEPALIVE, TCP_KEEPCNT, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_USER_TIMEOUT);

  private NetworkSettings() {}
}
