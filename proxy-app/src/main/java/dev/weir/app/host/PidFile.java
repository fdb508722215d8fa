package dev.weir.app.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file that names the running process, by PgBouncer's rules and with its texts. */
public final class PidFile implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PidFile.class);

  private final Path path;
  private final String content;

  private PidFile(Path path, String content) {
    this.path = path;
    this.content = content;
  }

  /**
   * Removes a file whose process is gone; does nothing when there is none.
   *
   * @throws IOException when the process runs, or the file does not say which one it was
   */
  public static void check(Path path) throws IOException {
    String content;
    try {
      content = Files.readString(path, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException _) {
      return;
    } catch (IOException e) {
      throw new IOException("could not open pidfile '" + path + "': " + reason(e), e);
    }
    long pid = leadingNumber(content);
    if (pid <= 0 || Files.exists(Path.of("/proc", Long.toString(pid)))) {
      throw new IOException("pidfile '" + path + "' exists, another instance running?");
    }
    log.info("stale pidfile, removing");
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new IOException("could not remove stale pidfile: " + reason(e), e);
    }
  }

  /** Writes this process's id into a new file, readable for all. */
  public static PidFile write(Path path) throws IOException {
    String content = ProcessHandle.current().pid() + "\n";
    try {
      Files.writeString(path, content, StandardCharsets.US_ASCII, StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
    } catch (IOException e) {
      throw new IOException("could not open pidfile '" + path + "': " + reason(e), e);
    }
    return new PidFile(path, content);
  }

  /** Writes this process's id in place of that of the process it takes over from. */
  public static PidFile replace(Path path) throws IOException {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new IOException("could not replace pidfile '" + path + "': " + reason(e), e);
    }
    return write(path);
  }

  /** Removes the file, unless it names another process by now. */
  @Override
  public void close() {
    try {
      if (Files.readString(path, StandardCharsets.ISO_8859_1).equals(content)) {
        Files.delete(path);
      }
    } catch (NoSuchFileException _) {
      // somebody was faster
    } catch (IOException e) {
      log.warn("could not remove pidfile '{}': {}", path, reason(e));
    }
  }

  /** Like atol(3): leading blanks, then digits; what follows does not matter. */
  private static long leadingNumber(String text) {
    String digits = text.stripLeading();
    int end = 0;
    while (end < digits.length() && end < 18 && Character.isDigit(digits.charAt(end))) {
      end++;
    }
    return end == 0 ? 0 : Long.parseLong(digits.substring(0, end));
  }

  private static String reason(IOException e) {
    return e instanceof FileAlreadyExistsException ? "File exists" : String.valueOf(e.getMessage());
  }
}
