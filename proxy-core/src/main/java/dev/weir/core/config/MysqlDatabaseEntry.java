package dev.weir.core.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code [mysql_databases]}.
 *
 * @param common what it shares with a line of {@code [databases]}; host and port are always there
 * @param readWriteSplit whether plain reads outside of transactions go to readers
 * @param maxWriters members of a cluster that take writes at the same time
 * @param useSsl whether servers are talked to by TLS
 */
public record MysqlDatabaseEntry(DatabaseEntry common, MysqlTopology topology,
    boolean readWriteSplit, int maxWriters, boolean useSsl) {
  public static final int DEFAULT_PORT = 3306;
  private static final Pattern BRACKETED = Pattern.compile("\\[([^\\[\\]]+)](?::(.*))?");

  public String name() {
    return common.name();
  }

  /**
   * Where its servers are: the hosts as written, with their own ports or the line's.
   *
   * @throws IllegalArgumentException when a host is none; a line that was read has none of these
   */
  public List<HostPort> servers() {
    return common.hosts().stream().map(host -> server(host, common.port())).distinct().toList();
  }

  static HostPort server(String host, int port) {
    if (host.startsWith("/")) {
      return new HostPort(host, 0);
    }
    Matcher bracketed = BRACKETED.matcher(host);
    if (bracketed.matches()) {
      return new HostPort(bracketed.group(1), port(bracketed.group(2), port));
    }
    int colon = host.indexOf(':');
    boolean literal = colon != host.lastIndexOf(':');
    if (host.contains("[") || host.contains("]") || host.startsWith("@")
        || (colon == 0 && !literal)) {
      throw new IllegalArgumentException(host);
    }
    return colon < 0 || literal
        ? new HostPort(host, port)
        : new HostPort(host.substring(0, colon), port(host.substring(colon + 1), port));
  }

  private static int port(@Nullable String text, int absent) {
    if (text == null) {
      return absent;
    }
    int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(text);
    }
    return port;
  }

  /** The entry the template stands for when a client asks for {@code database}. */
  public MysqlDatabaseEntry instantiate(String database) {
    return new MysqlDatabaseEntry(common.instantiate(database), topology, readWriteSplit,
        maxWriters, useSsl);
  }
}
