package dev.weir.app.host;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Becoming another account for good: the setting {@code user} and the option {@code -u}, with PgBouncer's texts. */
public final class AccountSwitch {
  private AccountSwitch() {}

  /**
   * Changes this process's user and group and gives up all other groups; nothing happens when it has that user already.
   *
   * @throws IOException with the text for the operator; then the process may have changed halfway and must end
   */
  public static void to(String name) throws IOException {
    Account wanted = Account.named(name)
        .orElseThrow(() -> new IOException("could not find user '" + name + "' to switch to"));
    Account self = Account.current();
    if (self.uid() == wanted.uid()) {
      return;
    }
    LibC libc = new LibC();
    if (self.isRoot()) {
      attempt("failed to reset groups", () -> libc.setGroups(wanted.gid()));
    }
    attempt("failed to assume identity of user '" + name + "'", () -> {
      libc.setGid(wanted.gid());
      LibC.Prepared setUid = libc.setUid(wanted.uid());
      if (self.isRoot()) {
        giveAttachSocket(wanted); // at the last moment: the JVM makes it at its own time
      }
      setUid.call();
    });
    if (Account.current().uid() != wanted.uid()) {
      throw new IOException("setuid() failed to work");
    }
    requireReadable(name);
  }

  /** Classes are loaded when first used: better an error now than in the first query. */
  private static void requireReadable(String name) throws IOException {
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      if (!entry.isEmpty() && !Files.isReadable(Path.of(entry))) {
        throw new IOException("user '" + name + "' may not read " + entry);
      }
    }
  }

  /** The JVM's own socket, which it made as the old account: later it could neither be used nor removed. */
  private static void giveAttachSocket(Account account) throws IOException {
    Path socket = Path.of("/tmp", ".java_pid" + ProcessHandle.current().pid());
    if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      Files.setAttribute(socket, "unix:uid", account.uid(), LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(socket, "unix:gid", account.gid(), LinkOption.NOFOLLOW_LINKS);
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void attempt(String failure, Step step) throws IOException {
    try {
      step.run();
    } catch (IOException e) {
      throw new IOException(failure + ": " + e.getMessage(), e);
    }
  }
}
