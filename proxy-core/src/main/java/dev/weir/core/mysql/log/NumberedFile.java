package dev.weir.core.mysql.log;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of a log: {@code NAME.00000001}, of the number behind the highest that is there. Confined to one thread. */
final class NumberedFile implements AutoCloseable {
  private static final int MAX_NUMBER = 99_999_999;

  private final Path path;
  private final FileChannel channel;
  private long size;

  private NumberedFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Opens the next one of this base name. */
  static NumberedFile next(Path base) throws IOException {
    int number = highest(base);
    while (number < MAX_NUMBER) {
      Path path = base.resolveSibling(
          base.getFileName() + String.format(Locale.ROOT, ".%08d", ++number));
      try {
        return new NumberedFile(path, FileChannel.open(path, StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE));
      } catch (FileAlreadyExistsException _) {
        // another process was faster: the next number
      }
    }
    throw new IOException(base + ": no number left");
  }

  private static int highest(Path base) throws IOException {
    Path folder = base.toAbsolutePath().getParent();
    Pattern numbered = Pattern.compile(Pattern.quote(base.getFileName().toString())
        + "\\.([0-9]{8})");
    int highest = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Matcher matcher = numbered.matcher(file.getFileName().toString());
        if (matcher.matches()) {
          highest = Math.max(highest, Integer.parseInt(matcher.group(1)));
        }
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return highest;
  }

  /** Appends all of it, or nothing: what a full disk has taken is cut off again. */
  void append(ByteBuf bytes) throws IOException {
    ByteBuffer from = bytes.nioBuffer();
    try {
      long at = size;
      while (from.hasRemaining()) {
        at += channel.write(from, at);
      }
      size = at;
    } catch (IOException e) {
      try {
        channel.truncate(size);
      } catch (IOException worse) {
        e.addSuppressed(worse);
      }
      throw e;
    }
  }

  long size() {
    return size;
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
