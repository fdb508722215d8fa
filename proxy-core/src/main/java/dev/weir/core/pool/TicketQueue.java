package dev.weir.core.pool;

import org.jspecify.annotations.Nullable;

/** First come, first served; leaving from the middle costs nothing. Guarded by its pool's lock. */
final class TicketQueue {
  private @Nullable Ticket head;
  private @Nullable Ticket tail;

  @Nullable
  Ticket head() {
    return head;
  }

  void add(Ticket ticket) {
    ticket.before = tail;
    ticket.behind = null;
    if (tail == null) {
      head = ticket;
    } else {
      tail.behind = ticket;
    }
    tail = ticket;
  }

  /** For one who stood first before and comes back. */
  void addFirst(Ticket ticket) {
    ticket.before = null;
    ticket.behind = head;
    if (head == null) {
      tail = ticket;
    } else {
      head.before = ticket;
    }
    head = ticket;
  }

  void remove(Ticket ticket) {
    Ticket before = ticket.before;
    Ticket behind = ticket.behind;
    if (before == null) {
      head = behind;
    } else {
      before.behind = behind;
    }
    if (behind == null) {
      tail = before;
    } else {
      behind.before = before;
    }
    ticket.before = null;
    ticket.behind = null;
  }
}
