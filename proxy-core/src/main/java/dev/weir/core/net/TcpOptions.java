package dev.weir.core.net;

/**
 * Socket options of PgBouncer's {@code tcp_*} settings, for both sides.
 *
 * @param keepCount 0 leaves the system's default, as for the other numbers
 * @param keepIdleSeconds seconds
 * @param keepIntervalSeconds seconds
 * @param userTimeoutMillis milliseconds, Linux only
 * @param bufferBytes bytes for SO_SNDBUF and SO_RCVBUF
 */
public record TcpOptions(
    boolean keepAlive,
    int keepCount,
    int keepIdleSeconds,
    int keepIntervalSeconds,
    int userTimeoutMillis,
    int bufferBytes,
    boolean deferAccept,
    int backlog,
    boolean reusePort) {
  private static final int GREETED_BACKLOG = 4096;

  /** The same with another keepalive. */
  public TcpOptions keepAlive(boolean on, int idleSeconds) {
    return new TcpOptions(on, keepCount, idleSeconds, keepIntervalSeconds, userTimeoutMillis,
        bufferBytes, deferAccept, backlog, reusePort);
  }

  /**
   * The same for a protocol in which the server speaks first: nothing may wait for what clients send. A client that finds
   * the listen queue full may take itself for connected and wait for its greeting for ever, so the queue is long.
   */
  public TcpOptions serverSpeaksFirst() {
    return new TcpOptions(keepAlive, keepCount, keepIdleSeconds, keepIntervalSeconds,
        userTimeoutMillis, bufferBytes, false, Math.max(backlog, GREETED_BACKLOG), reusePort);
  }
}
