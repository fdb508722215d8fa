package dev.weir.core.config;

/**
 * An address to listen on.
 *
 * @param host name or literal address without brackets; {@code *} means every address
 * @param port 0 lets the system choose
 */
public record HostPort(String host, int port) {}
