package dev.weir.app.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Server binaries unpacked once per machine and account, in a folder named by a digest of their archive. Several processes
 * and threads may ask at once: one unpacks, the others wait, and a folder appears only when it is whole.
 */
final class BinaryCache {
  /** A file lock belongs to the whole process, so threads of one process queue here first. */
  private static final Object IN_PROCESS = new Object();

  /** More than the tables of contents of our archives take. */
  private static final int TABLE_OF_CONTENTS = 256 << 10;

  private final Path folder;

  BinaryCache(Path folder) {
    this.folder = folder;
  }

  /**
   * The cache of this account: {@code WEIR_CACHE_DIR}, else /var/cache/weir for root (root's home is closed to the
   * account the server runs as), else XDG_CACHE_HOME or ~/.cache, else a folder in the temporary directory.
   *
   * @throws IOException when no such folder can be made, or it belongs to somebody else
   */
  static BinaryCache ofThisAccount(boolean root) throws IOException {
    String chosen = System.getenv("WEIR_CACHE_DIR");
    if (chosen != null && !chosen.isEmpty()) {
      return new BinaryCache(Files.createDirectories(Path.of(chosen)));
    }
    Path preferred = root ? Path.of("/var/cache/weir") : userCache().resolve("weir");
    try {
      Files.createDirectories(preferred);
      if (Files.isWritable(preferred)) {
        return new BinaryCache(preferred);
      }
    } catch (IOException _) {
      // a read-only or missing home: the temporary directory is left
    }
    return new BinaryCache(inTemp());
  }

  private static Path userCache() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    return xdg != null && xdg.startsWith("/")
        ? Path.of(xdg)
        : Path.of(System.getProperty("user.home", "/"), ".cache");
  }

  private static Path inTemp() throws IOException {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"),
        "weir-cache-" + System.getProperty("user.name"));
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    // Anybody may make a folder of this name first; binaries out of such a folder would run as us.
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(folder,
        LinkOption.NOFOLLOW_LINKS);
    boolean ours = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).getName()
            .equals(System.getProperty("user.name"))
        && !rights.contains(PosixFilePermission.OTHERS_WRITE)
        && !rights.contains(PosixFilePermission.GROUP_WRITE);
    if (!ours) {
      throw new IOException(
          folder + " belongs to somebody else; name another folder in WEIR_CACHE_DIR");
    }
    return folder;
  }

  /** Puts what an archive holds into an empty folder. */
  interface Unpacker {
    void unpackInto(Path target) throws IOException;
  }

  /** The folder of what the archive holds, unpacked now when nobody did it before. */
  Path unpacked(String name, Path archive, Unpacker unpacker) throws IOException {
    String stem = name + "-" + digest(archive);
    Path home = folder.resolve(stem);
    if (Files.isDirectory(home)) {
      return home;
    }
    Path lockFile = folder.resolve(stem + ".lock");
    synchronized (IN_PROCESS) {
      try (
          FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
          FileLock _ = channel.lock()) {
        if (!Files.isDirectory(home)) {
          Path partial = Files.createTempDirectory(folder, "unpacking-",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
          try {
            unpacker.unpackInto(partial);
            Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
          } finally {
            deleteTree(partial);
          }
        }
      }
    }
    return home;
  }

  /**
   * SHA-256 of the archive's length and end. A zip ends with its table of contents, which holds a checksum of each
   * entry, so another content has another name; reading all of a large archive at every start would take a second.
   */
  private static String digest(Path archive) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    try (SeekableByteChannel channel = Files.newByteChannel(archive)) {
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(channel.size()).flip());
      channel.position(Math.max(0, channel.size() - TABLE_OF_CONTENTS));
      Channels.newInputStream(channel).transferTo(
          new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Deletes a folder and what it holds; a missing one is fine. Never follows a symbolic link. */
  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths
          .sorted(java.util.Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(path);
      }
    }
  }
}
