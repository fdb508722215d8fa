package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** Ends another connection, named by the 32 bits of its thread id. */
public record ComProcessKill(int threadId) implements ClientPacket {

  public static ComProcessKill decode(ByteBuf body) {
    Wire.requireHeader(body, Command.PROCESS_KILL.code(), "ComProcessKill");
    ComProcessKill kill = new ComProcessKill(Wire.readInt(body, "ComProcessKill.threadId"));
    Wire.requireEnd(body, "ComProcessKill");
    return kill;
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.PROCESS_KILL.code()).writeIntLE(threadId);
  }
}
