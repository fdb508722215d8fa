package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;

/** {@code 't'}: the type OIDs of a prepared statement's parameters. */
public record ParameterDescription(List<Integer> types) implements BackendMessage {
  public static final byte TAG = 't';

  public ParameterDescription {
    types = List.copyOf(types);
  }

  public static ParameterDescription decode(ByteBuf body) {
    int[] types = Wire.readInts(body, "ParameterDescription.types");
    Wire.requireEnd(body, "ParameterDescription");
    return new ParameterDescription(Arrays.stream(types).boxed().toList());
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeInts(out, types.stream().mapToInt(Integer::intValue).toArray());
    Wire.end(out, start);
  }
}
