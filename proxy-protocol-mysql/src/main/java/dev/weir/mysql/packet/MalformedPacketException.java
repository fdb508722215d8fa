package dev.weir.mysql.packet;

import java.io.Serial;

/**
 * The peer sent bytes that the protocol does not allow. Carries no stack trace: a hostile peer could
 * make us fill one per packet, and the text names the packet and field at fault.
 */
public final class MalformedPacketException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public MalformedPacketException(String message) {
    super(message, null, false, false);
  }
}
