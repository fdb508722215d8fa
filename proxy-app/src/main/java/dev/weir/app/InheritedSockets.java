package dev.weir.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Listening sockets that the service manager has opened for us (sd_listen_fds(3)). They take the place of {@code
 * listen_addr} and {@code unix_socket_dir}.
 */
final class InheritedSockets {
  private static final int FIRST = 3;
  private static final int MOST = 1000;

  /** One of them. */
  record Socket(int descriptor, boolean unix) {}

  private InheritedSockets() {}

  /** What this very process was given; empty when nothing. */
  static List<Socket> find(Map<String, String> environment) throws IOException {
    String pid = environment.get("LISTEN_PID");
    String count = environment.get("LISTEN_FDS");
    if (pid == null || count == null || !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
      return List.of();
    }
    int sockets;
    try {
      sockets = Integer.parseInt(count);
    } catch (NumberFormatException e) {
      throw new IOException("LISTEN_FDS is not a number: " + count, e);
    }
    if (sockets < 0 || sockets > MOST) {
      throw new IOException("LISTEN_FDS is out of range: " + count);
    }
    List<Socket> found = new ArrayList<>();
    for (int descriptor = FIRST; descriptor < FIRST + sockets; descriptor++) {
      found.add(new Socket(descriptor, isUnix(descriptor)));
    }
    return found;
  }

  /** The kernel's table of Unix sockets names each by its inode, as the descriptor's link does. */
  private static boolean isUnix(int descriptor) throws IOException {
    String link = Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor)))
        .toString();
    if (!link.startsWith("socket:[") || !link.endsWith("]")) {
      throw new IOException(
          "descriptor " + descriptor + " from the service manager is not a socket: " + link);
    }
    String inode = link.substring("socket:[".length(), link.length() - 1);
    try (var lines = Files.lines(Path.of("/proc/net/unix"), StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> {
        String[] columns = line.trim().split(" +", 8);
        return columns.length > 6 && columns[6].equals(inode);
      });
    }
  }
}
