package dev.weir.core.config;

/**
 * An address.
 *
 * @param host name or literal address without brackets; {@code *} means every address to listen on
 * @param port 0 lets the system choose, or there is none because the host is the path of a Unix socket
 */
public record HostPort(String host, int port) {}
