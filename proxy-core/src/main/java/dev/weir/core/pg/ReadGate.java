package dev.weir.core.pg;

import dev.weir.core.net.Link;

/** Whether a socket is read, for whom several may object at a time. Confined to the link's worker. */
final class ReadGate {
  // Objections.
  /** Enough is held of what has come. */
  static final int HELD = 1;
  /** The other side does not take it as fast. */
  static final int OTHER_SIDE = 2;
  /** SUSPEND. */
  static final int SUSPENDED = 4;

  private final Link link;
  private int closedBy;

  ReadGate(Link link) {
    this.link = link;
  }

  void close(int why) {
    if (closedBy == 0) {
      link.pauseReads();
    }
    closedBy |= why;
  }

  /** Takes an objection back; harmless when there was none, or when the link is closed. */
  void open(int why) {
    if (closedBy == 0) {
      return;
    }
    closedBy &= ~why;
    if (closedBy == 0 && link.open()) {
      link.resumeReads();
    }
  }

  void set(int why, boolean objects) {
    if (objects) {
      close(why);
    } else {
      open(why);
    }
  }
}
