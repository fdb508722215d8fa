package dev.weir.pg.codec;

import dev.weir.pg.message.MalformedMessageException;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The startup parameter {@code options}: {@code -c key=value}, {@code -ckey=value} and
 * {@code --key=value}, separated by white space; a backslash takes the next character as it is. As
 * PgBouncer reads it, so dashes in keys stay dashes.
 */
public final class StartupOptions {
  private static final String UNSUPPORTED = "unsupported options startup parameter: "
      + "only '-c config=val' and '--config=val' are allowed";

  private final String text;
  private int at;

  private StartupOptions(String text) {
    this.text = text;
  }

  /**
   * The settings in the order given; of a key given twice the last value counts.
   *
   * @throws MalformedMessageException with the text for the client when anything else stands there,
   *           also for an empty key, which once made PgBouncer loop for ever (CVE-2026-107349)
   */
  public static SequencedMap<String, String> parse(String options) {
    return new StartupOptions(options).parse();
  }

  private SequencedMap<String, String> parse() {
    SequencedMap<String, String> settings = new LinkedHashMap<>();
    for (skipSpace(); at < text.length(); skipSpace()) {
      if (text.startsWith("-c", at)) {
        at += 2;
        skipSpace();
      } else if (text.startsWith("--", at)) {
        at += 2;
      } else {
        throw new MalformedMessageException(UNSUPPORTED);
      }
      String setting = word();
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new MalformedMessageException(UNSUPPORTED);
      }
      settings.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return settings;
  }

  /** Everything up to unescaped white space, without the escapes. */
  private String word() {
    StringBuilder word = new StringBuilder();
    boolean escaped = false;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (escaped) {
        word.append(c);
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (isSpace(c)) {
        break;
      } else {
        word.append(c);
      }
    }
    return word.toString();
  }

  private void skipSpace() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
  }

  /** C's isspace. */
  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
