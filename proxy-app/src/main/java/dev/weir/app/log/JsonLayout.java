package dev.weir.app.log;

import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One JSON object a line (RFC 8259): {@code ts}, {@code level}, {@code pid}, {@code msg}; for a message about a
 * connection also {@code side}, {@code conn}, {@code db}, {@code user}, {@code host}, {@code port}, taken out of the
 * prefix that the text layout shows.
 */
final class JsonLayout implements Layout {
  /** {@code C-0x1f: db/user@host:port }, where the host is a name, an address, [v6] or unix(PID). */
  private static final Pattern CONNECTION = Pattern
      .compile(
          "([CS])-(0x\\p{XDigit}+): ([^/]*)/(.*?)@(\\[[^\\]]*\\]|unix\\(\\d*\\)|[^@:\\[\\]\\s]+):(\\d+) ",
          Pattern.DOTALL);

  @Override
  public String format(LogLine line) {
    StringBuilder out = new StringBuilder(200);
    out.append("{\"ts\":\"").append(DateTimeFormatter.ISO_INSTANT.format(line.time()))
        .append("\",\"level\":\"")
        .append(line.severity()).append("\",\"pid\":").append(line.pid());
    String message = line.message();
    Matcher connection = CONNECTION.matcher(message);
    if (connection.lookingAt()) {
      member(out, "side", connection.group(1).equals("C") ? "client" : "server");
      member(out, "conn", connection.group(2));
      member(out, "db", connection.group(3));
      member(out, "user", connection.group(4));
      member(out, "host", connection.group(5));
      out.append(",\"port\":").append(Integer.parseInt(connection.group(6)));
      message = message.substring(connection.end());
    }
    member(out, "msg", message);
    return out.append('}').toString();
  }

  private static void member(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          // Half a surrogate pair cannot be written as UTF-8, and a control character may not stand in a string.
          if (c < 0x20 || c == 0x7f || (Character.isSurrogate(c) && !paired(value, i))) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static boolean paired(String value, int at) {
    char c = value.charAt(at);
    return Character.isHighSurrogate(c)
        ? at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(value.charAt(at - 1));
  }
}
