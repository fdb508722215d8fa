package dev.weir.app;

import dev.weir.core.config.Config;
import dev.weir.core.config.ProcessSettings;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of the Unix socket: made, given its rights, and removed again, but only while it is ours. It is bound under
 * another name and then moved to its own: the transport deletes what it has bound when it closes, and by then a process
 * that took over may have put its socket there.
 */
final class UnixSocket {
  /** As long as the real prefix: what fits into a socket's address under one name does under the other. */
  private static final String BOUND_PREFIX = ".s.BOUND.";

  private final String directory;
  private final String name;
  private final String boundName;
  private final int mode;
  private final String group;
  private @Nullable Object fileKey;

  private UnixSocket(String directory, int port, int mode, String group) {
    this.directory = directory;
    this.name = ".s.PGSQL." + port;
    this.boundName = BOUND_PREFIX + port;
    this.mode = mode;
    this.group = group;
  }

  static UnixSocket of(Config config) {
    return new UnixSocket(config.get(ProcessSettings.UNIX_SOCKET_DIR),
        config.get(ProcessSettings.LISTEN_PORT),
        config.get(ProcessSettings.UNIX_SOCKET_MODE),
        config.get(ProcessSettings.UNIX_SOCKET_GROUP));
  }

  boolean enabled() {
    return !directory.isEmpty();
  }

  private boolean inFileSystem() {
    return enabled() && !directory.startsWith("@");
  }

  String path() {
    return directory + "/" + name;
  }

  /** Where to bind it; an abstract socket has no file and one name only. */
  String bindPath() {
    return inFileSystem() ? directory + "/" + boundName : path();
  }

  /** Removes what a dead process has left; refuses when somebody listens there. */
  void claim() throws IOException {
    if (inFileSystem()
        && !(removeIfDead(Path.of(path())) && removeIfDead(Path.of(bindPath())))) {
      throw new IOException("unix socket is in use, cannot continue");
    }
  }

  /** Removes a socket file at which nobody answers; false when somebody does. */
  private static boolean removeIfDead(Path file) {
    if (!Files.exists(file)) {
      return true;
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(file));
      return false;
    } catch (IOException _) {
      return file.toFile().delete() || !Files.exists(file);
    }
  }

  /**
   * Lets a running process keep its socket under another name while it drains, so that cancel requests for its clients
   * still find it.
   *
   * @return the other name; null for abstract sockets, which cannot be renamed
   */
  @Nullable
  String setAside() throws IOException {
    if (!inFileSystem()) {
      return null;
    }
    Path aside = aside();
    Files.move(Path.of(path()), aside, StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
    return aside.toString();
  }

  private Path aside() {
    return Path.of(path() + ".draining");
  }

  Path file() {
    return Path.of(path());
  }

  /** The socket has been bound: sets mode and group and gives it its name. */
  void bound() throws IOException {
    if (!inFileSystem()) {
      return;
    }
    Path file = Path.of(bindPath());
    fileKey = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    Files.setPosixFilePermissions(file, permissions(mode));
    if (!group.isEmpty()) {
      GroupPrincipal principal = file.getFileSystem().getUserPrincipalLookupService()
          .lookupPrincipalByGroupName(group);
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      view.setGroup(principal);
    }
    Files.move(file, Path.of(path()), StandardCopyOption.ATOMIC_MOVE);
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> granted = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] fromHighest = PosixFilePermission.values(); // owner rwx, group rwx, others rwx
    for (int i = 0; i < fromHighest.length; i++) {
      if ((mode & (0400 >> i)) != 0) {
        granted.add(fromHighest[i]);
      }
    }
    return granted;
  }

  /** Removes the file unless another process has put its own there. */
  void remove() {
    if (!inFileSystem() || fileKey == null) {
      return;
    }
    removeIfDead(aside());
    try {
      Path file = Path.of(path());
      Object now = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      if (fileKey.equals(now)) {
        Files.deleteIfExists(file);
      }
    } catch (IOException _) {
      // already gone
    }
  }
}
