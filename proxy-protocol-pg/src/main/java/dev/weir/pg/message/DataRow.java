package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code 'D'}: a row; a column that is SQL null is null here. */
public record DataRow(List<byte @Nullable []> columns) implements BackendMessage {
  public static final byte TAG = 'D';

  public DataRow {
    columns = Collections.unmodifiableList(new ArrayList<>(columns));
  }

  /** A row of texts and nulls. */
  public static DataRow text(List<@Nullable String> columns) {
    return new DataRow(encodeTexts(columns));
  }

  public static DataRow decode(ByteBuf body) {
    List<byte @Nullable []> columns = Wire.readValues(body, "DataRow.column");
    Wire.requireEnd(body, "DataRow");
    return new DataRow(columns);
  }

  /** A column of text format, null for SQL null. */
  public @Nullable String text(int column) {
    byte[] bytes = columns.get(column);
    return bytes == null ? null : WireText.decode(bytes);
  }

  static List<byte @Nullable []> encodeTexts(List<@Nullable String> texts) {
    List<byte @Nullable []> encoded = new ArrayList<>(texts.size());
    for (String text : texts) {
      encoded.add(text == null ? null : WireText.encode(text));
    }
    return encoded;
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeValues(out, columns);
    Wire.end(out, start);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof DataRow that
        && Arrays.deepEquals(columns.toArray(), that.columns.toArray());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(columns.toArray());
  }
}
