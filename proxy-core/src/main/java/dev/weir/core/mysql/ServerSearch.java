package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.Ticket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way of a session's command to a server: a server of the hostgroup is chosen and its pool asked; where there is
 * none, or it cannot be reached, it is tried again until the limits are reached. Confined to the session's worker.
 */
final class ServerSearch implements Ticket.Waiter {
  private static final long NO_SERVER_RETRY_MILLIS = 50;

  private final MysqlSession session;
  private final MysqlRuntime runtime;
  private final MysqlWorkerState local;
  private final CurrentCommand current;
  private final Ticket ticket = new Ticket(this);
  private @Nullable MysqlPool waitingIn;
  private long queuedNanos;
  /** When the pool was last seen held; that time is nobody's fault. */
  private long heldNanos = System.nanoTime();

  ServerSearch(MysqlSession session, MysqlRuntime runtime, CurrentCommand current) {
    this.session = session;
    this.runtime = runtime;
    this.local = runtime.local(session.worker());
    this.current = current;
  }

  @Override
  public Worker worker() {
    return session.worker();
  }

  /** Looks for a server for the current command; the session gets it, or refuses the command, now or later. */
  void begin() {
    session.become(MysqlSession.State.WAITING);
    Gtid executed = session.gtids().wanted();
    Target target = executed == null
        ? runtime.hostgroup(current.hostgroup()).choose(local.random())
        : havingExecuted(executed);
    if (target == null && executed == null) {
      target = runtime.lastResort(current.hostgroup());
    }
    if (target == null) {
      Refusal over = searchedTooLong();
      if (over == null) {
        retryLater(NO_SERVER_RETRY_MILLIS);
      } else {
        session.refuseCommand(over);
      }
      return;
    }
    FastForward forward = session.forward();
    MysqlPool pool = forward == null
        ? target.pool(session.home().accountAt(target), session.wire())
        : forward.pool(target);
    waitingIn = pool;
    queuedNanos = System.nanoTime();
    PooledConnection found = pool.pool().checkout(ticket, queuedNanos);
    if (found != null) {
      granted(found, 0);
    }
  }

  /** Where the session's own writes, or those that the statement names, can be read already; null when nowhere yet. */
  private @Nullable Target havingExecuted(Gtid executed) {
    Target target = runtime.gtids().choose(runtime.hostgroup(current.hostgroup()), executed,
        local.random());
    if (target != null) {
      target.counters().gtidQueries.increment();
      runtime.counters().gtidQueries.increment();
    }
    return target;
  }

  /** Why the search for a server that can be used ends; null when it goes on. */
  private @Nullable Refusal searchedTooLong() {
    long limit = runtime.settings().connectTimeoutServerMaxMillis();
    if (millisSince(unheldSince()) < limit) {
      return null;
    }
    runtime.counters().connectTimeouts.increment();
    return MysqlRefusals.connectTimeout(current.hostgroup(), limit);
  }

  /** Why the wait for a connection ends; null when it goes on. */
  private @Nullable Refusal waitedTooLong(boolean held) {
    SessionHome home = session.home();
    if (!held && !home.isDeclared()) {
      return searchedTooLong();
    }
    long limit = home.longestWaitMillis();
    return limit == 0 || millisSince(current.sinceNanos()) < limit
        ? null
        : MysqlRefusals.QUERY_WAIT_TIMEOUT;
  }

  private long unheldSince() {
    return heldNanos - current.sinceNanos() > 0 ? heldNanos : current.sinceNanos();
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  /** Looks again, after a while, for a command that had a server already. */
  void again(long millis) {
    session.become(MysqlSession.State.WAITING);
    Refusal over = searchedTooLong();
    if (over == null) {
      retryLater(millis);
    } else {
      session.refuseCommand(over);
    }
  }

  private void retryLater(long millis) {
    CurrentCommand.Turn turn = current.turn();
    worker().after(Math.max(1, millis), () -> {
      if (turn == current.turn() && session.state() == MysqlSession.State.WAITING
          && waitingIn == null) {
        begin();
        session.intake().work(); // refused, it makes room for the next
      }
    });
  }

  @Override
  public void onGranted(PooledConnection connection) {
    granted(connection, (System.nanoTime() - queuedNanos) / 1000);
    session.intake().work();
  }

  private void granted(PooledConnection connection, long waitedMicros) {
    MysqlPool from = waitingIn;
    waitingIn = null;
    if (from != null) {
      from.account().metrics(session.worker()).assigned(waitedMicros);
    }
    session.got((MysqlServer) connection);
  }

  @Override
  public void onRefused(Refusal why) {
    waitingIn = null;
    if (session.state() != MysqlSession.State.WAITING) {
      return;
    }
    if (why.mysqlErrno() == 2013 || why.mysqlErrno() == 2003) { // unreachable: another may be there
      int attempt = current.countAttempt();
      if (attempt > runtime.settings().connectRetriesOnFailure()) {
        session.refuseCommand(MysqlRefusals.connectFailure(current.hostgroup()));
      } else {
        retryLater(delay(attempt));
      }
    } else {
      session.refuseCommand(why);
    }
    session.intake().work();
  }

  /** Grows, so that who has failed in an instant with every attempt still waits until another server is chosen. */
  private long delay(int attempt) {
    long growing = Math.min(NO_SERVER_RETRY_MILLIS, 1L << Math.min(attempt, 16));
    return Math.max(growing, runtime.settings().connectRetriesDelayMillis());
  }

  /** Leaves the queue, if it stands in one. */
  void leave() {
    MysqlPool in = waitingIn;
    if (in != null) {
      waitingIn = null;
      in.pool().abandon(ticket);
    }
  }

  /** Ends the wait in a queue when it has lasted too long. */
  void tick(long now) {
    MysqlPool in = waitingIn;
    if (in == null) {
      return;
    }
    boolean held = in.pool().held();
    Refusal ending = held ? runtime.groups().ending() : null;
    if (held) {
      heldNanos = now;
    }
    Refusal over = ending != null ? ending : waitedTooLong(held);
    if (over != null) {
      leave();
      session.refuseCommand(over);
      session.intake().work();
    }
  }
}
