package dev.weir.core.pool;

import dev.weir.core.pool.Ticket.Place;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who waits for a connection of a pool: a queue per worker, and who is served next. Guarded by the pool's lock. */
final class WaitingLine {
  private final List<TicketQueue> byWorker = new ArrayList<>();
  private int size;

  WaitingLine(int workers) {
    for (int i = 0; i < workers; i++) {
      byWorker.add(new TicketQueue());
    }
  }

  void add(Ticket ticket, long now) {
    ticket.place = Place.QUEUED;
    ticket.sinceNanos = now;
    queueOf(ticket).add(ticket);
    size++;
  }

  /** For one whose connection died on its way to him: he stands where he stood before. */
  void addAgain(Ticket ticket) {
    ticket.place = Place.QUEUED;
    queueOf(ticket).addFirst(ticket);
    size++;
  }

  void remove(Ticket ticket) {
    queueOf(ticket).remove(ticket);
    size--;
    ticket.place = Place.NOWHERE;
  }

  /** Everybody leaves. */
  List<Ticket> removeAll() {
    List<Ticket> gone = new ArrayList<>();
    for (TicketQueue queue : byWorker) {
      for (Ticket t = queue.head(); t != null; t = queue.head()) {
        remove(t);
        gone.add(t);
      }
    }
    return gone;
  }

  private TicketQueue queueOf(Ticket ticket) {
    return byWorker.get(ticket.worker().index());
  }

  /** Who gets a connection that becomes free on this worker; see {@link Pool#FAIRNESS_NANOS}. */
  @Nullable
  Ticket next(int worker) {
    if (size == 0) {
      return null;
    }
    Ticket local = byWorker.get(worker).head();
    Ticket oldest = oldest();
    if (local != null && oldest != null
        && local.sinceNanos - oldest.sinceNanos <= Pool.FAIRNESS_NANOS) {
      return local;
    }
    return oldest;
  }

  @Nullable
  Ticket oldest() {
    Ticket oldest = null;
    for (TicketQueue queue : byWorker) {
      Ticket head = queue.head();
      if (head != null && (oldest == null || head.sinceNanos - oldest.sinceNanos < 0)) {
        oldest = head;
      }
    }
    return oldest;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }
}
