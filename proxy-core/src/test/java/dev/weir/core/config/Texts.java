package dev.weir.core.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Configuration files that exist only in memory. */
final class Texts {
  static final Path FILE = Path.of("weir.ini");

  private Texts() {}

  static Config read(String text) throws ConfigException {
    return read(text, null);
  }

  static Config read(String text, @Nullable Config previous) throws ConfigException {
    return read(Map.of(FILE.toString(), text), previous);
  }

  static Config read(Map<String, String> files, @Nullable Config previous) throws ConfigException {
    return ConfigReader.read(FILE, previous, (file, from) -> {
      String text = files.get(file.toString());
      if (text == null) {
        throw new ConfigException(from, "%include " + file, "no such file");
      }
      return text;
    });
  }

  /** A file of which only {@code [pgbouncer]} matters. */
  static Config settings(String lines) throws ConfigException {
    return read("[pgbouncer]\n" + lines);
  }

  /** A file with one line in {@code [databases]}. */
  static DatabaseEntry database(String line) throws ConfigException {
    return read("[databases]\n" + line + "\n[pgbouncer]\n").databases().values().iterator().next();
  }
}
