package dev.weir.mysql.codec;

import dev.weir.mysql.packet.MalformedPacketException;

/**
 * The numbers of a connection's compressed packets: one count for both directions, from zero with each command (MySQL's
 * manual, "Compressed Packet"). Confined to its connection's event loop.
 */
public final class CompressedNumbers {
  private final boolean peerBegins;
  private int next;

  private CompressedNumbers(boolean peerBegins) {
    this.peerBegins = peerBegins;
  }

  /** The other side is a client: with any packet it may begin a command. */
  public static CompressedNumbers ofClient() {
    return new CompressedNumbers(true);
  }

  /** The other side is a server: commands begin with {@link #begin}. */
  public static CompressedNumbers ofServer() {
    return new CompressedNumbers(false);
  }

  /** The next packet that we send is the first of a command. */
  public void begin() {
    next = 0;
  }

  /** Of the next packet that we send. */
  int give() {
    int number = next;
    next = Packets.next(number);
    return number;
  }

  /**
   * A packet of this number has come.
   *
   * @throws MalformedPacketException when another had to come
   */
  void took(int number) {
    if (number != next && !(peerBegins && number == 0)) {
      throw new MalformedPacketException(
          "compressed packets out of order: number " + number + " instead of " + next);
    }
    next = Packets.next(number);
  }
}
