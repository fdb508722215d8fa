package dev.weir.app.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An account of this machine. */
public record Account(String name, int uid, int gid) {
  /** The account this process acts as, by its effective uid. The name is the number when nobody has that uid. */
  public static Account current() throws IOException {
    int uid = 0;
    int gid = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/status"),
        StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("Uid:")) {
        uid = effective(line);
      } else if (line.startsWith("Gid:")) {
        gid = effective(line);
      }
    }
    int wanted = uid;
    String name = passwd().stream().filter(a -> a.uid() == wanted).map(Account::name).findFirst()
        .orElse(Integer.toString(uid));
    return new Account(name, uid, gid);
  }

  /** Looks the name up in /etc/passwd, and where it is not there (LDAP, sssd) asks {@code getent}. */
  public static Optional<Account> named(String name) throws IOException {
    Optional<Account> local = passwd().stream().filter(a -> a.name().equals(name)).findFirst();
    return local.isPresent() ? local : fromGetent(name);
  }

  /** The account for servers that must not run as root; needs a passwd entry because initdb looks it up. */
  public static Optional<Account> nobody() throws IOException {
    return passwd().stream().filter(a -> a.name().equals("nobody")).findFirst();
  }

  /** Name of the account with this number; null when the system knows none. */
  public static @Nullable String nameOf(int uid) {
    try {
      return passwd().stream().filter(a -> a.uid() == uid).map(Account::name).findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }

  public boolean isRoot() {
    return uid == 0;
  }

  private static int effective(String statusLine) {
    return Integer.parseInt(statusLine.split("\\s+", -1)[2]);
  }

  private static List<Account> passwd() throws IOException {
    Path file = Path.of("/etc/passwd");
    if (!Files.isReadable(file)) {
      return List.of();
    }
    return Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream().flatMap(Account::parse)
        .toList();
  }

  private static Stream<Account> parse(String line) {
    String[] fields = line.split(":", -1);
    if (fields.length < 4) {
      return Stream.empty();
    }
    try {
      return Stream
          .of(new Account(fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3])));
    } catch (NumberFormatException _) {
      return Stream.empty();
    }
  }

  private static Optional<Account> fromGetent(String name) throws IOException {
    Process getent;
    try {
      getent = new ProcessBuilder("getent", "passwd", "--", name).redirectErrorStream(true).start();
    } catch (IOException _) {
      return Optional.empty();
    }
    getent.getOutputStream().close();
    String out = new String(getent.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    return out.lines().flatMap(Account::parse).filter(a -> a.name().equals(name)).findFirst();
  }
}
