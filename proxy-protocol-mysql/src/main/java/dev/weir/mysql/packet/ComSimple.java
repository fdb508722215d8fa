package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** A command that is only its first byte: COM_PING, COM_QUIT, COM_RESET_CONNECTION and the like. */
public record ComSimple(Command command) implements ClientPacket {

  /** The rest of the packet, which servers do not look at, is skipped. */
  public static ComSimple decode(ByteBuf body) {
    byte code = (byte) Wire.readByte(body, "ComSimple");
    Command command = Command.of(code);
    if (command == null) {
      throw Wire.malformed("ComSimple", "is an unknown command: " + (code & 0xff));
    }
    body.skipBytes(body.readableBytes());
    return new ComSimple(command);
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(command.code());
  }
}
