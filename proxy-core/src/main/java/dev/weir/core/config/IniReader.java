package dev.weir.core.config;

import dev.weir.core.config.ConfigException.Place;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the grammar of pgbouncer.ini and reports sections and entries in order, following {@code %include}. Line
 * oriented; {@code #} and {@code ;} start a comment only where a line starts; values run to the end of their line.
 */
final class IniReader {
  static final int MAX_LINE = 1024 * 1024;
  private static final int MAX_DEPTH = 10;
  private static final int MAX_FILES = 1000;
  private static final String INCLUDE = "%include";

  /** Receives what the file says. */
  interface Handler {
    void section(String name, Place place) throws ConfigException;

    void entry(String key, String value, Place place) throws ConfigException;
  }

  /** Where the text of a file comes from. */
  interface Source {
    /** @param from where the file is named; null for the first */
    String read(Path file, @Nullable Place from) throws ConfigException;
  }

  private final Source source;
  private final Handler handler;
  private int files;

  IniReader(Source source, Handler handler) {
    this.source = source;
    this.handler = handler;
  }

  void read(Path file) throws ConfigException {
    read(file, source.read(file, null), 0);
  }

  private void read(Path file, String text, int depth) throws ConfigException {
    if (++files > MAX_FILES) {
      throw new ConfigException(new Place(file, 0), null,
          "more than " + MAX_FILES + " files are included");
    }
    int line = 1;
    for (int start = 0; start < text.length(); line++) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      Place place = new Place(file, line);
      if (end - start > MAX_LINE) {
        throw new ConfigException(place, null, "line is longer than " + MAX_LINE + " characters");
      }
      line(trimmed(text.substring(start, end)), place, depth);
      start = end + 1;
    }
  }

  private void line(String line, Place place, int depth) throws ConfigException {
    if (line.indexOf('\0') >= 0) {
      throw syntax(place, "a NUL character");
    }
    int at = 0;
    while (at < line.length() && line.charAt(at) == '[') {
      int close = line.indexOf(']', at);
      if (close < 0) {
        throw syntax(place, "a section has no ]");
      }
      handler.section(line.substring(at + 1, close), place);
      at = skipSpace(line, close + 1);
    }
    String rest = line.substring(at);
    if (rest.isEmpty() || rest.charAt(0) == '#' || rest.charAt(0) == ';') {
      return;
    }
    if (rest.charAt(0) == '%') {
      include(rest, place, depth);
    } else {
      entry(rest, place);
    }
  }

  private void include(String line, Place place, int depth) throws ConfigException {
    if (!line.startsWith(INCLUDE) || line.length() == INCLUDE.length()
        || !blank(line.charAt(INCLUDE.length()))) {
      throw syntax(place, "% starts nothing but " + INCLUDE + " and a file");
    }
    if (depth == MAX_DEPTH) {
      throw new ConfigException(place, null, INCLUDE + " is nested deeper than " + MAX_DEPTH);
    }
    String name = trimmed(line.substring(INCLUDE.length()));
    Path file = TextFiles.path(name);
    if (file == null) {
      throw new ConfigException(place, null, "not a file name: " + Setting.abbreviated(name));
    }
    read(file, source.read(file, place), depth + 1);
  }

  private void entry(String line, Place place) throws ConfigException {
    int at = 0;
    String key;
    if (line.charAt(0) == '\'') {
      at = line.indexOf('\'', 1);
      if (at < 0) {
        throw syntax(place, "a quoted key has no closing quote");
      }
      key = line.substring(1, at++);
    } else {
      while (at < line.length() && keyCharacter(line.charAt(at))) {
        at++;
      }
      key = line.substring(0, at);
    }
    at = skipBlanks(line, at);
    if (key.isEmpty() || at == line.length() || line.charAt(at) != '=') {
      throw syntax(place, "expected key = value");
    }
    handler.entry(key, line.substring(skipBlanks(line, at + 1)), place);
  }

  private static ConfigException syntax(Place place, String problem) {
    return new ConfigException(place, null, "syntax error: " + problem,
        "syntax error in configuration (" + place + "), stopping loading");
  }

  private static boolean keyCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
        || c == '.'
        || c == '*' || c == '-';
  }

  private static boolean blank(char c) {
    return c == ' ' || c == '\t';
  }

  private static int skipBlanks(String line, int from) {
    int at = from;
    while (at < line.length() && blank(line.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int skipSpace(String line, int from) {
    int at = from;
    while (at < line.length() && space(line.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Cuts what {@code isspace} calls space from both ends. */
  static String trimmed(String text) {
    int start = skipSpace(text, 0);
    int end = text.length();
    while (end > start && space(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
