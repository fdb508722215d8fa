package dev.weir.app.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Becomes another account and shows what each of its threads is then. */
public final class AccountSwitchProcess {
  private AccountSwitchProcess() {}

  public static void main(String[] arguments) throws IOException {
    try {
      AccountSwitch.to(arguments[0]);
    } catch (IOException e) {
      System.out.println("refused: " + e.getMessage());
      return;
    }
    try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
      for (Path thread : threads.toList()) {
        List<String> status = Files.readAllLines(thread.resolve("status"));
        System.out.println(
            String.join(" ", status.stream().filter(line -> line.matches("(Uid|Gid|Groups):.*"))
                .map(line -> line.replaceAll("\\s+", " ").strip()).toList()));
      }
    }
    System.out.println("done");
  }
}
