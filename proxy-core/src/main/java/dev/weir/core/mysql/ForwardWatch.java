package dev.weir.core.mysql;

import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.Command;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the commands in what a client sends through a {@link FastForward}, by headers and first bytes alone. Order is
 * not checked: a replica numbers its acknowledgements as it likes, and the server is there to complain. Confined to the
 * session's worker; allocates nothing.
 */
final class ForwardWatch {
  private static final int LAST_NUMBER = 0xff;

  private long owed;
  private boolean continued;
  /** The packet before was of a file, or of a long command, and carried the last number there is. */
  private boolean wraps;
  private @Nullable Command command;
  private boolean began;

  /**
   * Looks at what is there from {@code at} to {@code end}, up to the next command's beginning, and returns the index
   * behind: {@code at} when a header is cut. A command that begins at {@code at} is accepted as far as it is there.
   */
  int scan(ByteBuf in, int at, int end) {
    began = false;
    command = null;
    int here = at;
    while (here < end) {
      if (owed > 0) {
        int taken = (int) Math.min(owed, end - here);
        owed -= taken;
        here += taken;
        continue;
      }
      if (end - here < Packets.HEADER) {
        break;
      }
      int payload = Packets.payloadLength(in, here);
      int number = Packets.sequence(in, here);
      boolean begins = number == 0 && !continued && !wraps;
      if (begins && here > at) {
        break; // the caller looks at it first
      }
      if (begins && payload > 0 && end - here == Packets.HEADER) {
        break; // its first byte tells what it is
      }
      if (begins) {
        began = true;
        command = payload == 0 ? null : Command.of(in.getByte(here + Packets.HEADER));
      }
      continued = payload == Packets.MAX_PAYLOAD;
      wraps = number == LAST_NUMBER && payload > 0;
      owed = Packets.HEADER + (long) payload;
    }
    return here;
  }

  /** Undoes the last {@link #scan}, which began a command: its bytes go elsewhere. */
  void putBack() {
    owed = 0;
    continued = false;
    wraps = false;
  }

  /** Whether what the last scan accepted begins a command. */
  boolean begins() {
    return began;
  }

  /** The command that begins there; null when none does, or one that nobody knows. */
  @Nullable
  Command command() {
    return command;
  }
}
