package dev.weir.mysql.codec;

import dev.weir.mysql.packet.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * What a real server answered.
 *
 * @param name the command's name, a dash and the form: eof, ok (DEPRECATE_EOF and SESSION_TRACK), maria
 *          (its extended capabilities too), mariaeof
 */
@SuppressWarnings("ArrayRecordComponent") // read only
record Capture(String name, long capabilities, byte[] sent, byte[] response) {
  private static final List<Capture> ALL = read();

  static List<Capture> all() {
    return ALL;
  }

  static Capture named(String name) {
    return ALL.stream().filter(c -> c.name.equals(name)).findFirst().orElseThrow();
  }

  /** The command; the end of a LOAD DATA belongs to the QUERY before. */
  Command command() {
    return sent.length == 0
        ? Command.QUERY
        : Objects.requireNonNullElse(Command.of(sent[0]),
            Command.PING);
  }

  private static List<Capture> read() {
    try (InputStream in = Objects
        .requireNonNull(Capture.class.getResourceAsStream("/dev/weir/mysql/captures.tsv"))) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines()
          .filter(line -> !line.startsWith("#")).map(line -> {
            String[] fields = line.split("\t", -1);
            return new Capture(fields[0], Long.parseLong(fields[1], 16),
                HexFormat.of().parseHex(fields[2]), HexFormat.of().parseHex(fields[3]));
          }).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
