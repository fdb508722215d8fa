package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code 'N'}: a warning or a piece of information; may come at any time. Fields by their letter ({@link ErrorField}), in the order
 * sent; any of them may be missing, even severity, SQLSTATE and message (CVE-2026-6666).
 */
public record NoticeResponse(SequencedMap<Character, String> fields) implements BackendMessage {
  public static final byte TAG = 'N';

  public NoticeResponse {
    fields = ErrorField.copy(fields);
  }

  /** A message of S, C and M only, in this order. */
  public static NoticeResponse of(String severity, String sqlState, String message) {
    return new NoticeResponse(ErrorField.of(severity, sqlState, message));
  }

  /** Bounded: see {@link ErrorField#MAX_FIELDS} and {@link ErrorField#MAX_TEXT}. */
  public static NoticeResponse decode(ByteBuf body) {
    return new NoticeResponse(ErrorField.read(body, "NoticeResponse"));
  }

  public @Nullable String severity() {
    return fields.get(ErrorField.SEVERITY);
  }

  public @Nullable String sqlState() {
    return fields.get(ErrorField.SQLSTATE);
  }

  public @Nullable String message() {
    return fields.get(ErrorField.MESSAGE);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    ErrorField.write(out, fields);
    Wire.end(out, start);
  }
}
