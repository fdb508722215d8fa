package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code 'B'}: makes a portal of a prepared statement and its parameters. Those of clients are streamed:
 * {@link #readHead} reads only the names; the whole record serves messages of our own.
 *
 * @param parameterFormats none, one for all, or one for each parameter; 0 text, 1 binary
 * @param resultFormats likewise for the columns
 */
public record Bind(String portal, String statement, List<Integer> parameterFormats,
    List<byte @Nullable []> parameters, List<Integer> resultFormats) implements FrontendMessage {
  public static final byte TAG = 'B';

  public Bind {
    parameterFormats = List.copyOf(parameterFormats);
    parameters = Collections.unmodifiableList(new ArrayList<>(parameters));
    resultFormats = List.copyOf(resultFormats);
  }

  /** Parameters and results as text. */
  public static Bind text(String portal, String statement, List<@Nullable String> parameters) {
    return new Bind(portal, statement, List.of(), DataRow.encodeTexts(parameters), List.of());
  }

  public static Bind decode(ByteBuf body) {
    String portal = Wire.readCString(body, "Bind.portal");
    String statement = Wire.readCString(body, "Bind.statement");
    List<Integer> parameterFormats = Wire.readShorts(body, "Bind.parameterFormats");
    List<byte @Nullable []> parameters = Wire.readValues(body, "Bind.parameters");
    List<Integer> resultFormats = Wire.readShorts(body, "Bind.resultFormats");
    Wire.requireEnd(body, "Bind");
    return new Bind(portal, statement, parameterFormats, parameters, resultFormats);
  }

  /**
   * The names at the beginning of a Bind.
   *
   * @param statementAt index where the statement's name begins
   * @param restAt index behind the statement's terminator: formats, parameters and so on follow
   */
  public record Head(String portal, String statement, int statementAt, int restAt) {}

  /**
   * The index behind both names of a Bind whose body starts at {@code from}, or -1 when their end is not
   * before {@code to}. Allocates nothing.
   */
  public static int headEnd(ByteBuf in, int from, int to) {
    int portalEnd = Wire.cStringEnd(in, from, to);
    int statementEnd = portalEnd < 0 ? -1 : Wire.cStringEnd(in, portalEnd + 1, to);
    return statementEnd < 0 ? -1 : statementEnd + 1;
  }

  /**
   * Reads the names of a Bind whose body starts at {@code from}; what has arrived of it ends at
   * {@code to}. Moves no index.
   *
   * @throws MalformedMessageException when a name does not end before {@code to}
   */
  public static Head readHead(ByteBuf in, int from, int to) {
    int restAt = headEnd(in, from, to);
    if (restAt < 0) {
      throw Wire.malformed("Bind.statement", "has no terminator");
    }
    int statementAt = Wire.cStringEnd(in, from, to) + 1;
    return new Head(WireText.decode(in, from, statementAt - 1 - from),
        WireText.decode(in, statementAt, restAt - 1 - statementAt), statementAt, restAt);
  }

  /**
   * Writes tag, length and names of a Bind of which {@code restLength} bytes, those behind the names,
   * are sent separately.
   */
  public static void encodeHead(ByteBuf out, String portal, String statement, int restLength) {
    int start = Wire.begin(out, TAG);
    Wire.writeCString(out, portal);
    Wire.writeCString(out, statement);
    out.setInt(start, Math.addExact(out.writerIndex() - start, restLength));
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeCString(out, portal);
    Wire.writeCString(out, statement);
    Wire.writeShorts(out, parameterFormats);
    Wire.writeValues(out, parameters);
    Wire.writeShorts(out, resultFormats);
    Wire.end(out, start);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Bind that
        && portal.equals(that.portal)
        && statement.equals(that.statement)
        && parameterFormats.equals(that.parameterFormats)
        && resultFormats.equals(that.resultFormats)
        && Arrays.deepEquals(parameters.toArray(), that.parameters.toArray());
  }

  @Override
  public int hashCode() {
    return Objects.hash(portal, statement, parameterFormats, resultFormats,
        Arrays.deepHashCode(parameters.toArray()));
  }
}
