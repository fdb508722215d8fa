package dev.weir.core.auth;

import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks passwords through PAM, service {@code pgbouncer} (kept for its users' files in /etc/pam.d). One platform thread
 * does all checks, because modules need not be thread-safe, and a queue of 20 waits for it. Any thread may ask.
 */
public final class PamAuthenticator implements AutoCloseable {
  /** The file in /etc/pam.d. */
  public static final String SERVICE = "pgbouncer";

  private static final String LIBRARY = "libpam.so.0";
  private static final int QUEUE = 20;

  /**
   * Codes that say no about the user; all others mean that PAM itself is out of order. PERM_DENIED, AUTH_ERR,
   * CRED_INSUFFICIENT, USER_UNKNOWN, MAXTRIES, NEW_AUTHTOK_REQD, ACCT_EXPIRED, AUTHTOK_EXPIRED.
   */
  private static final Set<Integer> NO = Set.of(6, 7, 8, 10, 11, 12, 13, 27);

  private final LibPam pam;
  private final String service;
  private final @Nullable String directory;
  private final ThreadPoolExecutor thread;

  PamAuthenticator(LibPam pam, String service, @Nullable String directory) {
    this.pam = pam;
    this.service = service;
    this.directory = directory;
    thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE),
        Thread.ofPlatform().name("pam").daemon().factory());
  }

  /**
   * Loads the library.
   *
   * @throws IllegalStateException when it is not there; the message is for the log
   */
  public static PamAuthenticator open() {
    return new PamAuthenticator(LibPam.load(LIBRARY), SERVICE, null);
  }

  /**
   * Asks PAM about {@code user}; completes on PAM's thread.
   *
   * @param remoteHost the client's address as modules may log or judge it (PAM_RHOST)
   */
  public CompletionStage<PasswordCheck> check(String user, String password, String remoteHost) {
    if (password.isEmpty()) {
      return CompletableFuture
          .completedFuture(new PasswordCheck.Rejected("empty password returned by client"));
    }
    if (user.isEmpty() || (user + password + remoteHost).indexOf('\0') >= 0) {
      return CompletableFuture
          .completedFuture(new PasswordCheck.Rejected("invalid character for PAM"));
    }
    try {
      return CompletableFuture.supplyAsync(() -> ask(user, password, remoteHost), thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture
          .completedFuture(new PasswordCheck.Unavailable("the PAM queue is full"));
    }
  }

  private PasswordCheck ask(String user, String password, String remoteHost) {
    LibPam.Verdict verdict = pam.ask(service, directory, user, password, remoteHost);
    String reason = "PAM refused user \"" + user + "\": " + verdict.text();
    if (verdict.code() == LibPam.SUCCESS) {
      return new PasswordCheck.Ok();
    }
    return NO.contains(verdict.code())
        ? new PasswordCheck.Rejected(reason)
        : new PasswordCheck.Unavailable(reason);
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
