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
      .count("recv_pos", "Bytes received and not yet passed on.",
          socket -> socket.buffers().received())
      .count("pkt_pos", "Always 0.", socket -> 0)
      .count("pkt_remain", "Bytes of the current message still to come.",
          socket -> socket.buffers().owed())
      .count("send_pos", "Always 0.", socket -> 0)
      .count("send_remain", "Always 0.", socket -> 0)
      .count("pkt_avail", "Bytes received and not yet passed on.",
          socket -> socket.buffers().received())
      .count("send_avail", "Bytes that wait to be written.", socket -> socket.buffers().unsent());

  private ConnectionColumns() {}

  private static Columns<ConnectionView> withState(
      Function<ConnectionView, @Nullable String> state) {
    return Columns.<ConnectionView>of()
        .text("type", "C for a client, S for a server.",
            connection -> String.valueOf(connection.type()))
        .text("user", "The user, or (nouser) before it is known.", ConnectionView::user)
        .text("database", "The database, or (nodb) before it is known.", ConnectionView::database)
        .text("replication", "none, logical or physical.", ConnectionView::replication)
        .text("state",
            "What it is doing: for clients active (linked to a server), idle, waiting, active_cancel_req or waiting_cancel_req; for servers active, idle, used, tested, new, active_cancel or being_canceled; in SOCKETS the same with cl_ or sv_ before it.",
            state)
        .text("addr", "Address of the other end, unix for a Unix socket.", ConnectionView::address)
        .count("port", "Port of the other end.", ConnectionView::port)
        .text("local_addr", "Our address.", ConnectionView::localAddress)
        .count("local_port", "Our port.", ConnectionView::localPort)
        .text("connect_time", "When it was connected, in local time.",
            connection -> time(connection.connectTime()))
        .text("request_time", "When the last request came, in local time.",
            connection -> time(connection.requestTime()))
        .count("wait", "Whole seconds since the current query began, waiting included.",
            connection -> Micros.seconds(connection.waitMicros()))
        .count("wait_us", "Microseconds beyond those seconds.",
            connection -> Micros.rest(connection.waitMicros()))
        .flag("close_needed", "1 when it will be closed as soon as it is free.",
            ConnectionView::closeNeeded)
        .text("ptr", "Handle of this connection.",
            connection -> "0x" + Long.toHexString(connection.handle()))
        .text("link", "Handle of the connection it is linked to, or empty.",
            connection -> connection.linkHandle() == 0
                ? ""
                : "0x" + Long.toHexString(connection.linkHandle()))
        .count("remote_pid",
            "Process at the other end: known for Unix sockets and for servers, else 0.",
            ConnectionView::remotePid)
        .text("tls", "Protocol and cipher, or empty without TLS.", ConnectionView::tls)
        .text("application_name", "Name that the application gave itself.",
            ConnectionView::applicationName)
        .count("prepared_statements", "Prepared statements it knows.",
            ConnectionView::preparedStatements)
        .wrappingCount("id",
            "Number that KILL_CLIENT takes; clients and servers share one sequence.",
            ConnectionView::id);
  }

  /** Local time, as the original prints it. */
  static @Nullable String time(@Nullable Instant at) {
    return at == null ? null : TIME.format(at.atZone(ZoneId.systemDefault()));
  }
}
