package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ConnectionView;
import dev.weir.core.control.ConnectionView.Parameters;
import dev.weir.core.control.ListenerView;
import dev.weir.core.control.ProxyView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code SHOW FDS}. */
record ShowFds(ProxyView view) implements ShowTable<ShowFds.Descriptor> {
  private static final Columns<Descriptor> COLUMNS = Columns.<Descriptor>of()
      .count("fd", "The descriptor.", Descriptor::fd)
      .text("task", "pooler for a listening socket, else client or server.", Descriptor::task)
      .text("user", "The user; NULL when unknown.", Descriptor::user)
      .text("database", "The database; NULL when unknown.", Descriptor::database)
      .text("addr", "Address of the other end, unix for a Unix socket.", Descriptor::address)
      .count("port", "Port of the other end.", Descriptor::port)
      .big("cancel", "The cancel key as a number.", Descriptor::cancelKey)
      .count("link", "Descriptor of the connection it is linked to, or 0.", Descriptor::linkFd)
      .text("client_encoding", "The session's parameter.", row -> row.parameters().clientEncoding())
      .text("std_strings", "The session's standard_conforming_strings.",
          row -> row.parameters().standardConformingStrings())
      .text("datestyle", "The session's parameter.", row -> row.parameters().dateStyle())
      .text("timezone", "The session's parameter.", row -> row.parameters().timeZone())
      .withheldText("password", "Always NULL.")
      .withheldBytes("scram_client_key", "Always NULL.")
      .withheldBytes("scram_server_key", "Always NULL.");

  private static final Parameters NO_PARAMETERS = new Parameters(null, null, null, null);

  @Override
  public String name() {
    return "FDS";
  }

  @Override
  public Access access() {
    return Access.ADMIN; // shows cancel keys
  }

  @Override
  public String doc() {
    return "Descriptors of listening sockets and of connections without TLS, with their cancel keys. Passwords and SCRAM keys are always NULL: the original hands them to whoever takes over its sockets, we hand them to nobody.";
  }

  @Override
  public Columns<Descriptor> columns() {
    return COLUMNS;
  }

  @Override
  public List<Descriptor> rows() {
    List<Descriptor> rows = new ArrayList<>();
    for (ListenerView listener : view.listeners()) {
      rows.add(new Descriptor(listener.fd(), "pooler", null, null, listener.address(),
          listener.port(), 0, 0, NO_PARAMETERS));
    }
    List<ConnectionView> sockets = view.sockets();
    Map<Long, ConnectionView> byHandle = new HashMap<>();
    sockets.forEach(socket -> byHandle.put(socket.handle(), socket));
    for (ConnectionView socket : sockets) {
      ConnectionView link = byHandle.get(socket.linkHandle());
      if (socket.tls().isEmpty() && (link == null || link.tls().isEmpty()) && !isConsole(socket)) {
        rows.add(descriptor(socket, link == null ? 0 : link.fd()));
      }
    }
    return rows;
  }

  private static Descriptor descriptor(ConnectionView socket, int linkFd) {
    return new Descriptor(socket.fd(), socket.type() == 'S' ? "server" : "client",
        known(socket.user(), "(nouser)"),
        known(socket.database(), "(nodb)"), socket.address(), socket.port(), socket.cancelKey(),
        linkFd,
        socket.parameters());
  }

  private static boolean isConsole(ConnectionView socket) {
    return socket.type() == 'C' && socket.database().equals("pgbouncer");
  }

  private static @Nullable String known(String name, String unknown) {
    return name.equals(unknown) ? null : name;
  }

  record Descriptor(
      int fd,
      String task,
      @Nullable String user,
      @Nullable String database,
      String address,
      int port,
      long cancelKey,
      int linkFd,
      Parameters parameters) {}
}
