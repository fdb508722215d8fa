package dev.weir.core.mysql.log;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Writes one flat JSON object as a line, as ProxySQL does: no blanks, UTF-8 as it is. The caller sorts the keys. */
final class JsonLine {
  private static final DateTimeFormatter MICROS = DateTimeFormatter
      .ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT).withZone(ZoneId.systemDefault());
  private static final DateTimeFormatter MILLIS = DateTimeFormatter
      .ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final StringBuilder line = new StringBuilder(512).append('{');

  private StringBuilder key(String key) {
    return line.append(line.length() == 1 ? "\"" : ",\"").append(key).append("\":");
  }

  JsonLine text(String key, String value) {
    quote(key(key), value);
    return this;
  }

  JsonLine number(String key, long value) {
    key(key).append(value);
    return this;
  }

  /** 64 bits without sign. */
  JsonLine unsigned(String key, long value) {
    key(key).append(Long.toUnsignedString(value));
    return this;
  }

  JsonLine flag(String key, boolean value) {
    key(key).append(value);
    return this;
  }

  void writeTo(ByteBuf out) {
    line.append("}\n");
    out.writeCharSequence(line, StandardCharsets.UTF_8);
  }

  /** Local time, as ProxySQL writes it. */
  static String micros(long epochMicros) {
    return MICROS.format(instant(epochMicros));
  }

  static String millis(long epochMicros) {
    return MILLIS.format(instant(epochMicros));
  }

  private static Instant instant(long epochMicros) {
    return Instant.EPOCH.plus(epochMicros, ChronoUnit.MICROS);
  }

  static void quote(StringBuilder to, String value) {
    to.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> to.append("\\\"");
        case '\\' -> to.append("\\\\");
        case '\b' -> to.append("\\b");
        case '\f' -> to.append("\\f");
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        default -> {
          if (c < ' ') {
            to.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            to.append(c);
          }
        }
      }
    }
    to.append('"');
  }
}
