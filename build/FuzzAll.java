import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Searches with every {@code @FuzzTest} of a module, one process each since Jazzer takes one test per process. Arguments:
 * seconds for each, the module's folder, its test class path. Ends with status 1 when any of them found something.
 */
public final class FuzzAll {
  private static final String JAVA = ProcessHandle.current().info().command().orElse("java");

  private FuzzAll() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    String seconds = args[0];
    Path module = Path.of(args[1]);
    String classPath = args[2];
    Path work = Files.createDirectories(module.resolve("target/fuzz"));
    List<String> tests = fuzzTests(module, classPath, work);
    List<String> failed = new ArrayList<>();
    for (String test : tests) {
      System.out.println("[fuzz] " + test + " for " + seconds + " s");
      String[] name = test.split("::", 2);
      String file = test.replace("::", ".");
      Path corpus = Files.createDirectories(work.resolve("corpus").resolve(file));
      Path log = work.resolve(file + ".log");
      int status = jazzer(classPath, work, log, "--target_class=" + name[0],
          "--target_method=" + name[1], "--max_duration=" + seconds + "s", corpus.toString());
      String output = Files.readString(log, StandardCharsets.ISO_8859_1);
      if (status == 0 && !done(output).isEmpty()) {
        System.out.println("[fuzz]   " + done(output));
      } else {
        System.out.println(output + "[fuzz]   FAILED, status " + status);
        failed.add(test);
      }
    }
    System.out.println("[fuzz] " + tests.size() + " tests, " + failed.size() + " failed " + failed
        + "; logs and what was found: " + work);
    System.exit(failed.isEmpty() ? 0 : 1);
  }

  /** {@code class::method} of each; a module that says it has some and has none is an error. */
  private static List<String> fuzzTests(Path module, String classPath, Path work)
      throws IOException, InterruptedException {
    Path list = work.resolve("tests.txt");
    int status = jazzer(classPath, work, list, "--list_fuzz_tests=");
    List<String> tests = Files.readAllLines(list).stream()
        .filter(line -> line.matches("[\\w.$]+::\\w+")).distinct().sorted().toList();
    if (status != 0 || tests.isEmpty()) {
      throw new IllegalStateException(
          "no fuzz tests in " + module + ", status " + status + "; see " + list);
    }
    return tests;
  }

  private static int jazzer(String classPath, Path work, Path log, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(JAVA, "-Xmx1g", "-XX:+EnableDynamicAgentLoading",
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
        classPath, "com.code_intelligence.jazzer.Jazzer"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true)
        .redirectOutput(log.toFile()).start().waitFor();
  }

  /** libFuzzer's last line, "Done N runs in M second(s)"; without it nothing was searched. */
  private static String done(String output) {
    return output.lines().filter(line -> line.startsWith("Done ")).reduce("", (_, last) -> last);
  }
}
