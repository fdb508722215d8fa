package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import org.jspecify.annotations.Nullable;

/** What becomes of a session for which something takes too long, and how it is called. On the session's worker. */
final class SessionTimers {
  private SessionTimers() {}

  /** Every 333 ms. */
  static void tick(PgSession session, long now) {
    PgRuntime runtime = session.runtime();
    ClientLogin login = session.loginOrNull();
    switch (session.state()) {
      case LOGIN -> {
        if (login != null) {
          login.tick(now);
        }
      }
      case IDLE -> {
        if (session.times().idleTooLong(now,
            runtime.timeouts().clientIdleNanos(session.identity().user()))) {
          session.refuse(Refusal.CLIENT_IDLE_TIMEOUT);
        }
      }
      case WAITING -> waiting(session, session.poolOrNull(), now);
      case ATTACHED, SYNCING -> attached(session, session.poolOrNull(), now);
      case LOCAL, CLOSED -> {
      }
    }
  }

  private static void waiting(PgSession session, @Nullable PgPool pool, long now) {
    PgTimeouts limits = session.runtime().timeouts();
    if (pool == null) {
      return;
    }
    Refusal over = session.times().waitedTooLong(now, limits, session.identity().user(),
        pool.database().entry());
    if (over != null) {
      session.refuse(over);
    } else if (session.times().toBeNotified(now, limits)) {
      OwnAnswers.queued(session.link());
    }
  }

  private static void attached(PgSession session, @Nullable PgPool pool, long now) {
    PgServer server = session.server();
    if (server == null || pool == null || session.identity().replicates()) {
      return;
    }
    Refusal over = session.times().servedTooLong(now, session.runtime().timeouts(),
        pool.userName(), server);
    if (over != null) {
      server.close(over.message(), over);
    }
  }

  /** How log lines call the session. */
  static String nameOf(PgSession session) {
    Link.Credentials peer = session.link().peerCredentials();
    String where = peer != null
        ? "unix(" + peer.pid() + "):" + session.runtime().listenPort()
        : session.link().remote().toString();
    Identity identity = session.identity();
    return "C-0x" + Long.toHexString(session.id()) + ": " + identity.database() + "/"
        + identity.user() + "@" + where + " ";
  }
}
