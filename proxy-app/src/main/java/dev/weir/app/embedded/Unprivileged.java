package dev.weir.app.embedded;

import dev.weir.app.host.Account;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How to run a server, never as root: as we are when we are not root, else as {@code nobody}. Where util-linux's
 * setpriv is there, the program also dies with us, even after a kill -9.
 *
 * @param prefix what to put before the command
 * @param owner the account that must own what the program writes; empty for our own
 */
record Unprivileged(List<String> prefix, Optional<Account> owner) {
  /**
   * @param product for messages
   * @param deathSignal sent to the program when we die; the one on which it ends at once and in order
   * @throws IOException when we are root and the machine has no means to become somebody else
   */
  static Unprivileged forThisProcess(String product, String deathSignal) throws IOException {
    Account self = Account.current();
    Optional<String> setpriv = onPath("setpriv");
    List<String> dieWithUs = List.of("--pdeathsig", deathSignal);
    List<String> prefix = new ArrayList<>();
    if (!self.isRoot()) {
      setpriv.ifPresent(path -> {
        prefix.add(path);
        prefix.addAll(dieWithUs);
        prefix.add("--");
      });
      return new Unprivileged(prefix, Optional.empty());
    }
    Account nobody = Account.nobody()
        .orElseThrow(() -> new IOException(
            product + " is not run as root, and there is no account \"nobody\""));
    if (setpriv.isPresent()) {
      prefix.add(setpriv.get());
      prefix.addAll(dieWithUs);
      prefix.addAll(List.of("--reuid=" + nobody.uid(), "--regid=" + nobody.gid(), "--clear-groups",
          "--no-new-privs", "--"));
      return new Unprivileged(prefix, Optional.of(nobody));
    }
    throw new IOException(
        product + " is not run as root, and setpriv (package util-linux) is not there to "
            + "change the account; run this as an ordinary user");
  }

  List<String> command(List<String> command) {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(command);
    return whole;
  }

  private static Optional<String> onPath(String program) {
    String path = System.getenv("PATH");
    List<String> folders = new ArrayList<>(
        List.of((path == null ? "" : path).split(File.pathSeparator, -1)));
    folders.addAll(List.of("/usr/bin", "/bin", "/usr/sbin"));
    return folders.stream().filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable).map(Path::toString).findFirst();
  }
}
