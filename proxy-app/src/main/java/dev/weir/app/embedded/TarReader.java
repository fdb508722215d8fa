package dev.weir.app.embedded;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Unpacks a tar stream: files, folders and symbolic links, with the GNU and pax spellings of long names (POSIX.1-2017
 * pax, "ustar Interchange Format"). Entries that would land outside the target folder are refused.
 */
final class TarReader {
  private static final int BLOCK = 512;
  private static final int MAX_NAME = 1 << 16;

  private final InputStream in;
  private final byte[] header = new byte[BLOCK];

  TarReader(InputStream in) {
    this.in = in;
  }

  /** Writes every entry below {@code target}, which must exist; returns the number of entries. */
  int unpack(Path target) throws IOException {
    Path root = target.toAbsolutePath().normalize();
    int entries = 0;
    String longName = "";
    String longLink = "";
    while (readHeader()) {
      long size = number(124, 12);
      char type = (char) header[156];
      switch (type) {
        case 'L' -> longName = text(size);
        case 'K' -> longLink = text(size);
        case 'x' -> {
          String records = pax(size);
          longName = record(records, "path", longName);
          longLink = record(records, "linkpath", longLink);
        }
        case 'g' -> skip(size);
        default -> {
          String name = longName.isEmpty() ? name() : longName;
          String link = longLink.isEmpty() ? field(157, 100) : longLink;
          longName = "";
          longLink = "";
          write(inside(root, root.resolve(name), name), type, link, size, root);
          entries++;
        }
      }
    }
    return entries;
  }

  private void write(Path path, char type, String link, long size, Path root) throws IOException {
    Path parent = path.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    switch (type) {
      case '0', '\0' -> {
        try (OutputStream out = Files.newOutputStream(path)) {
          copy(size, out);
        }
        Files.setPosixFilePermissions(path, permissions((int) number(100, 8)));
      }
      case '5' -> Files.createDirectories(path);
      case '2' -> {
        inside(root, path.resolveSibling(link), link);
        Files.deleteIfExists(path);
        Files.createSymbolicLink(path, Path.of(link));
      }
      default ->
        throw new IOException("tar entry of unknown type '" + type + "': " + path.getFileName());
    }
  }

  private static Path inside(Path root, Path path, String name) throws IOException {
    Path normal = path.normalize();
    if (!normal.startsWith(root)) {
      throw new IOException("tar entry leads out of the folder: " + name);
    }
    return normal;
  }

  /** The owner's rights for all readers: the server runs under another account than the one that unpacked it. */
  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> set = EnumSet.of(PosixFilePermission.OWNER_READ,
        PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
    if ((mode & 0100) != 0) {
      set.add(PosixFilePermission.OWNER_EXECUTE);
      set.add(PosixFilePermission.GROUP_EXECUTE);
      set.add(PosixFilePermission.OTHERS_EXECUTE);
    }
    return set;
  }

  private boolean readHeader() throws IOException {
    int read = in.readNBytes(header, 0, BLOCK);
    if (read == 0) {
      return false;
    }
    if (read < BLOCK) {
      throw new EOFException("tar header cut short");
    }
    boolean empty = true;
    for (byte b : header) {
      empty &= b == 0;
    }
    return !empty;
  }

  private String name() {
    String prefix = field(257, 5).equals("ustar") ? field(345, 155) : "";
    String name = field(0, 100);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private String field(int start, int length) {
    int end = start;
    while (end < start + length && header[end] != 0) {
      end++;
    }
    return new String(header, start, end - start, StandardCharsets.UTF_8);
  }

  private long number(int start, int length) throws IOException {
    String digits = field(start, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException _) {
      throw new IOException(
          String.format(Locale.ROOT, "tar header holds '%s' where a number should be", digits));
    }
  }

  private String text(long size) throws IOException {
    String whole = pax(size);
    int end = whole.indexOf('\0');
    return end < 0 ? whole : whole.substring(0, end);
  }

  private String pax(long size) throws IOException {
    if (size > MAX_NAME) {
      throw new IOException("tar name of " + size + " bytes");
    }
    byte[] bytes = in.readNBytes((int) size);
    if (bytes.length < size) {
      throw new EOFException("tar entry cut short");
    }
    skipPadding(size);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The value of a pax record ({@code LENGTH key=value\n}), or {@code otherwise}. */
  private static String record(String records, String key, String otherwise) {
    for (String line : records.split("\n", -1)) {
      int space = line.indexOf(' ');
      if (space > 0 && line.startsWith(key + "=", space + 1)) {
        return line.substring(space + key.length() + 2);
      }
    }
    return otherwise;
  }

  private void copy(long size, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = size;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new EOFException("tar entry cut short");
      }
      out.write(buffer, 0, read);
      left -= read;
    }
    skipPadding(size);
  }

  private void skip(long size) throws IOException {
    in.skipNBytes(size);
    skipPadding(size);
  }

  private void skipPadding(long size) throws IOException {
    in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
  }
}
