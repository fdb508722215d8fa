package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs one statement, or several where MULTI_STATEMENTS is on. The text stays raw: it is in the
 * session's character set and compared byte by byte.
 */
public record ComQuery(List<QueryAttribute> attributes, ByteString sql) implements ClientPacket {

  public ComQuery {
    attributes = List.copyOf(attributes);
  }

  public static ComQuery of(String sql) {
    return new ComQuery(List.of(), ByteString.of(sql));
  }

  public static ComQuery decode(ByteBuf body, long capabilities) {
    Wire.requireHeader(body, Command.QUERY.code(), "ComQuery");
    List<QueryAttribute> attributes = Capabilities.has(capabilities, Capabilities.QUERY_ATTRIBUTES)
        ? readAttributes(body)
        : List.of();
    return new ComQuery(attributes, ByteString.of(Wire.readRest(body)));
  }

  private static List<QueryAttribute> readAttributes(ByteBuf body) {
    int count = Parameters.readCount(body, 2, "ComQuery.parameterCount");
    long sets = Wire.readLenenc(body, "ComQuery.parameterSets");
    if (sets != 1) {
      throw Wire.malformed("ComQuery.parameterSets", "is " + Long.toUnsignedString(sets));
    }
    List<QueryAttribute> attributes = new ArrayList<>();
    if (count == 0) {
      return attributes;
    }
    byte[] nulls = Wire.readBytes(body, Parameters.nullBytes(count), "ComQuery.nulls");
    if (Wire.readByte(body, "ComQuery.newParameters") != 1) {
      throw Wire.malformed("ComQuery.newParameters", "is not 1");
    }
    List<ParameterType> types = Parameters.readTypes(body, count, true, "ComQuery.types");
    for (int i = 0; i < count; i++) {
      int type = types.get(i).code();
      attributes.add(new QueryAttribute(types.get(i), Parameters.isNull(nulls, i)
          ? null
          : ByteString.of(Parameters.readValue(body, type, "ComQuery.values"))));
    }
    return attributes;
  }

  /**
   * The index at which the text of a query begins whose payload lies from {@code from} to {@code to}. To
   * be asked when all attributes have arrived; without any, the usual case, nothing is allocated.
   *
   * @throws MalformedPacketException also when they have not
   */
  public static int textStart(ByteBuf in, int from, int to, long capabilities) {
    if (!Capabilities.has(capabilities, Capabilities.QUERY_ATTRIBUTES)) {
      return from + 1;
    }
    if (to - from >= 3 && in.getByte(from + 1) == 0 && in.getByte(from + 2) == 1) {
      return from + 3;
    }
    ByteBuf rest = in.slice(from, to - from);
    Wire.skip(rest, 1, "ComQuery");
    readAttributes(rest);
    return from + rest.readerIndex();
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.QUERY.code());
    if (Capabilities.has(capabilities, Capabilities.QUERY_ATTRIBUTES)) {
      writeAttributes(out);
    }
    out.writeBytes(sql.array());
  }

  private void writeAttributes(ByteBuf out) {
    int count = attributes.size();
    Wire.writeLenenc(out, count);
    out.writeByte(1);
    if (count == 0) {
      return;
    }
    byte[] nulls = new byte[Parameters.nullBytes(count)];
    List<ParameterType> types = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      types.add(attributes.get(i).type());
      if (attributes.get(i).value() == null) {
        nulls[i / 8] |= (byte) (1 << i % 8);
      }
    }
    out.writeBytes(nulls).writeByte(1);
    Parameters.writeTypes(out, types, true);
    for (QueryAttribute attribute : attributes) {
      ByteString value = attribute.value();
      if (value != null) {
        out.writeBytes(value.array());
      }
    }
  }
}
