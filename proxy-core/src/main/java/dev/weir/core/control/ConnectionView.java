package dev.weir.core.control;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A client or server connection as SHOW CLIENTS, SERVERS and SOCKETS print it. Immutable; taken on the connection's
 * worker.
 *
 * @param type 'C' or 'S'
 * @param state the literal state of SHOW SOCKETS, for example {@code cl_active}; see {@link #linkedState}
 * @param linkedState the state of SHOW CLIENTS or SHOW SERVERS, for example {@code idle}
 * @param address {@code unix} for Unix sockets
 * @param waitMicros microseconds since the current query began; 0 when none did
 * @param handle opaque handle of this connection, without {@code 0x}
 * @param linkHandle handle of the connection at the other side, 0 when there is none
 * @param tls TLS information text or empty
 * @param cancelKey the cancel key as a number (SHOW FDS)
 */
public record ConnectionView(
    char type,
    String user,
    String database,
    String replication,
    String state,
    String linkedState,
    String address,
    int port,
    String localAddress,
    int localPort,
    Instant connectTime,
    @Nullable Instant requestTime,
    long waitMicros,
    boolean closeNeeded,
    long handle,
    long linkHandle,
    int remotePid,
    String tls,
    String applicationName,
    int preparedStatements,
    long id,
    Buffers buffers,
    Parameters parameters,
    long cancelKey,
    int fd) {

  /** Bytes a connection holds: received and not yet passed on, and waiting to be written. */
  public record Buffers(int received, int owed, int unsent) {
    public boolean empty() {
      return received == 0 && owed == 0 && unsent == 0;
    }
  }

  /** Session parameters shown by SHOW FDS; null when unknown. */
  public record Parameters(
      @Nullable String clientEncoding,
      @Nullable String standardConformingStrings,
      @Nullable String dateStyle,
      @Nullable String timeZone) {}
}
