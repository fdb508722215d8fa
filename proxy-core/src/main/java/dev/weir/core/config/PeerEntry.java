package dev.weir.core.config;

import org.jspecify.annotations.Nullable;

/**
 * A line of {@code [peers]}: another process of the same group, which may own the connection a cancel request means.
 *
 * @param id 1 to 65535
 * @param host name, literal address or Unix socket directory
 * @param port its port
 * @param poolSize null for {@code default_pool_size}
 */
public record PeerEntry(int id, String host, int port, @Nullable Integer poolSize) {
  public static final int DEFAULT_PORT = 6432;
}
