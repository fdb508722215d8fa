package dev.weir.mysql.codec;

import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the commands in what a client sends, without holding them: a command's header and first byte
 * suffice. Confined to its connection's event loop; allocates nothing.
 *
 * <p>
 * Each {@link #scan} accepts bytes of one command, or of the packets that a server asked for, and tells
 * whether they begin or end it. A caller that wants all of a command before it goes on calls
 * {@link #putBack} and offers the same bytes again when there are more.
 */
public final class CommandScanner {
  /** What the client's packets are. */
  private enum Mode {
    COMMANDS, FILE, LOGIN
  }

  private Mode mode = Mode.COMMANDS;
  private int owed;
  private boolean continued;
  private int sequence;
  private int shift; // to the numbers that a server expects of a file
  private boolean renumbers;
  private long length;

  private boolean begins;
  private boolean ends;
  private @Nullable Command command;
  private byte code;
  // as they were before the scan that can be put back
  private boolean wasContinued;
  private int wasSequence;

  /**
   * Accepts bytes of one command or of one file, and returns the index behind them: {@code at} when too
   * few are there. Moves no index of {@code in}.
   *
   * @throws MalformedPacketException when the client breaks the protocol
   */
  public int scan(ByteBuf in, int at, int end) {
    begins = false;
    ends = false;
    int here = at;
    while (!ends) {
      int next = next(in, here, end);
      if (next == here) {
        break;
      }
      here = next;
    }
    return here;
  }

  private int next(ByteBuf in, int at, int end) {
    if (owed > 0) {
      return take(at, Math.min(owed, end - at));
    }
    if (end - at < Packets.HEADER) {
      return at;
    }
    int payload = Packets.payloadLength(in, at);
    if (continued || mode != Mode.COMMANDS) {
      wasContinued = continued;
      wasSequence = sequence;
      begins |= !continued && mode == Mode.LOGIN;
      takeSequence(in, at);
      continued = mode == Mode.FILE ? payload > 0 : payload == Packets.MAX_PAYLOAD;
    } else {
      if (payload == 0) {
        throw new MalformedPacketException("client sent a command without a byte");
      }
      if (end - at == Packets.HEADER) {
        return at;
      }
      wasContinued = false;
      wasSequence = 0;
      sequence = 0; // each command begins anew
      takeSequence(in, at);
      begins = true;
      length = 0;
      code = in.getByte(at + Packets.HEADER);
      command = Command.of(code);
      continued = payload == Packets.MAX_PAYLOAD;
    }
    length += payload;
    owed = Packets.HEADER + payload;
    return take(at, Math.min(owed, end - at));
  }

  private int take(int at, int count) {
    owed -= count;
    ends = owed == 0 && !continued;
    if (ends) {
      mode = Mode.COMMANDS;
    }
    return at + count;
  }

  private void takeSequence(ByteBuf in, int at) {
    int found = Packets.sequence(in, at);
    if (found != sequence && !renumbers) {
      throw new MalformedPacketException(
          "packets out of order: number " + found + " instead of " + sequence);
    }
    int wanted = mode == Mode.FILE ? sequence + shift & 0xff : sequence;
    if (found != wanted) {
      Packets.setSequence(in, at, wanted);
    }
    sequence = Packets.next(sequence);
  }

  /**
   * Undoes the last {@link #scan}, which began a command and did not end it: its bytes will be offered
   * again. Only for a command's beginning.
   */
  public void putBack() {
    if (!begins || ends) {
      throw new IllegalStateException("nothing to put back");
    }
    owed = 0;
    continued = wasContinued;
    sequence = wasSequence;
    length = 0;
  }

  /**
   * Whether packets get the numbers that they should have instead of being refused for others: clients
   * whose packets are compressed number them as they send them off. Then {@link #scan} writes into its
   * buffer, which nobody else may be reading.
   */
  public void renumber(boolean so) {
    renumbers = so;
  }

  /**
   * The server asked for a file: packets from number {@code first} up to an empty one.
   *
   * @param beyond what the server's numbers are beyond the client's; if they differ, {@link #scan} writes
   *          into its buffer
   */
  public void expectFile(int first, int beyond) {
    shift = beyond;
    expect(Mode.FILE, first);
  }

  /** The server asked for a packet of a login, of number {@code first}. */
  public void expectLogin(int first) {
    expect(Mode.LOGIN, first);
  }

  private void expect(Mode what, int first) {
    if (isInside()) {
      throw new IllegalStateException("the client has not finished its command");
    }
    mode = what;
    sequence = first & 0xff;
    length = 0;
  }

  /** Whether what the last scan accepted begins a command. */
  public boolean begins() {
    return begins;
  }

  /** Whether what the last scan accepted ends with the last byte of its command or file. */
  public boolean ends() {
    return ends;
  }

  /** Whether a command or a file has begun and not ended. */
  public boolean isInside() {
    return owed > 0 || continued;
  }

  /** The command that began last; null when the client sent a byte that is none: {@link #code}. */
  public @Nullable Command command() {
    return command;
  }

  public byte code() {
    return code;
  }

  /** Payload bytes that the packets announce which have begun, all of them of one command or file. */
  public long length() {
    return length;
  }

  /** The number of the next packet, whosever it is. */
  public int nextSequence() {
    return sequence;
  }
}
