package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** The letters of the fields of ErrorResponse and NoticeResponse. */
public final class ErrorField {
  /** Translated; see {@link #SEVERITY_UNTRANSLATED}. */
  public static final char SEVERITY = 'S';
  public static final char SEVERITY_UNTRANSLATED = 'V';
  public static final char SQLSTATE = 'C';
  public static final char MESSAGE = 'M';
  public static final char DETAIL = 'D';
  public static final char HINT = 'H';
  public static final char POSITION = 'P';
  public static final char INTERNAL_POSITION = 'p';
  public static final char INTERNAL_QUERY = 'q';
  public static final char WHERE = 'W';

  /** More fields in one message are refused; PostgreSQL has 18. */
  public static final int MAX_FIELDS = 64;
  /** Bytes kept of a field's text; the rest is cut off, for servers do quote long queries. */
  public static final int MAX_TEXT = 64 * 1024;

  private ErrorField() {}

  static SequencedMap<Character, String> of(String severity, String sqlState, String message) {
    SequencedMap<Character, String> fields = new LinkedHashMap<>();
    fields.put(SEVERITY, severity);
    fields.put(SQLSTATE, sqlState);
    fields.put(MESSAGE, message);
    return fields;
  }

  static SequencedMap<Character, String> copy(SequencedMap<Character, String> fields) {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(fields));
  }

  static SequencedMap<Character, String> read(ByteBuf body, String message) {
    SequencedMap<Character, String> fields = new LinkedHashMap<>();
    int count = 0;
    for (byte letter; (letter = Wire.readByte(body, message)) != 0;) {
      if (++count > MAX_FIELDS) {
        throw Wire.malformed(message, "has more than " + MAX_FIELDS + " fields");
      }
      fields.put((char) (letter & 0xff), readText(body, message));
    }
    Wire.requireEnd(body, message);
    return fields;
  }

  private static String readText(ByteBuf body, String message) {
    int from = body.readerIndex();
    int end = Wire.cStringEnd(body, from, body.writerIndex());
    if (end < 0) {
      throw Wire.malformed(message, "has a field without terminator");
    }
    int to = end;
    if (to - from > MAX_TEXT) {
      to = from + MAX_TEXT;
      while (to > from && (body.getByte(to) & 0xc0) == 0x80) { // do not cut a character in two
        to--;
      }
    }
    body.readerIndex(end + 1);
    return WireText.decode(body, from, to - from);
  }

  static void write(ByteBuf out, SequencedMap<Character, String> fields) {
    fields.forEach((letter, text) -> {
      if (letter == 0 || letter > 0xff) {
        throw new IllegalArgumentException("not a field letter: " + (int) letter);
      }
      out.writeByte(letter);
      Wire.writeCString(out, text);
    });
    out.writeByte(0);
  }
}
