package dev.weir.admin.table;

import dev.weir.core.control.ConnectionView;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The columns of SHOW CLIENTS, SERVERS, SOCKETS and ACTIVE_SOCKETS. */
final class ConnectionColumns {
  private static final DateTimeFormatter TIME = DateTimeFormatter
      .ofPattern("yyyy-MM-dd HH:mm:ss zzz", Locale.ENGLISH);

  /** With the state as seen from the pool. */
  static final Columns<ConnectionView> LINKED = withState(ConnectionView::linkedState);

  /** With the literal state and the buffers. */
  static final Columns<ConnectionView> SOCKETS = withState(ConnectionView::state)
      .count("recv_pos", socket -> socket.buffers().received())
      .count("pkt_pos", socket -> 0)
      .count("pkt_remain", socket -> socket.buffers().owed())
      .count("send_pos", socket -> 0)
      .count("send_remain", socket -> 0)
      .count("pkt_avail", socket -> socket.buffers().received())
      .count("send_avail", socket -> socket.buffers().unsent());

  private ConnectionColumns() {}

  private static Columns<ConnectionView> withState(
      Function<ConnectionView, @Nullable String> state) {
    return Columns.<ConnectionView>of()
        .text("type", connection -> String.valueOf(connection.type()))
        .text("user", ConnectionView::user)
        .text("database", ConnectionView::database)
        .text("replication", ConnectionView::replication)
        .text("state", state)
        .text("addr", ConnectionView::address)
        .count("port", ConnectionView::port)
        .text("local_addr", ConnectionView::localAddress)
        .count("local_port", ConnectionView::localPort)
        .text("connect_time", connection -> time(connection.connectTime()))
        .text("request_time", connection -> time(connection.requestTime()))
        .count("wait", connection -> Micros.seconds(connection.waitMicros()))
        .count("wait_us", connection -> Micros.rest(connection.waitMicros()))
        .flag("close_needed", ConnectionView::closeNeeded)
        .text("ptr", connection -> "0x" + Long.toHexString(connection.handle()))
        .text("link",
            connection -> connection.linkHandle() == 0
                ? ""
                : "0x" + Long.toHexString(connection.linkHandle()))
        .count("remote_pid", ConnectionView::remotePid)
        .text("tls", ConnectionView::tls)
        .text("application_name", ConnectionView::applicationName)
        .count("prepared_statements", ConnectionView::preparedStatements)
        .wrappingCount("id", ConnectionView::id);
  }

  /** Local time, as the original prints it. */
  static @Nullable String time(@Nullable Instant at) {
    return at == null ? null : TIME.format(at.atZone(ZoneId.systemDefault()));
  }
}
