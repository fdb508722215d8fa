package dev.weir.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Drives bin/weir with JDKs and a Maven that are shell scripts and say what they were asked. */
final class LauncherTest {
  private static final Path LAUNCHER = Path
      .of(System.getProperty("weir.checkout", System.getProperty("user.dir") + "/.."))
      .resolve("bin/weir");
  private static final String ECHO = """
      #!/bin/sh
      for a in "$@"; do printf '%s\\n' "$a"; done
      """;

  private record Result(int status, String out, String err) {}

  @TempDir Path folder;
  private Path home;

  @BeforeEach
  void install() throws IOException {
    home = folder.resolve("a folder/weir");
    Files.createDirectories(home.resolve("lib"));
    Files.createDirectories(home.resolve("bin"));
    Files.copy(LAUNCHER, home.resolve("bin/weir"));
    Files.createFile(home.resolve("lib/b.jar"));
    Files.createFile(home.resolve("lib/Z.jar"));
    Files.createFile(home.resolve("lib/a.jar"));
  }

  @Test
  void becomesTheJvmWithAllItsArguments() throws Exception {
    Path jdk = jdk("jdk", "25.0.1", "#!/bin/sh\necho \"$$\"\n" + ECHO.substring(10));
    Process process = start(
        Map.of("WEIR_JAVA_HOME", jdk.toString(), "WEIR_JAVA_OPTS", "-Xmx64m -Dx=y"),
        home.resolve("bin/weir").toString(), "-q", "my file.ini", "*");
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    List<String> lines = out.lines().toList();
    assertThat(lines.getFirst()).as("the process itself, so that signals arrive")
        .isEqualTo(Long.toString(process.pid()));
    assertThat(lines).contains("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow", "-XX:+ExitOnOutOfMemoryError", "-Xmx64m", "-Dx=y");
    assertThat(lines).endsWith("-cp",
        home + "/lib/Z.jar:" + home + "/lib/a.jar:" + home + "/lib/b.jar", "dev.weir.app.Main",
        "-q", "my file.ini", "*");
  }

  @Test
  void isFoundThroughASymbolicLink() throws Exception {
    Path jdk = jdk("jdk", "25", ECHO);
    Path link = Files.createSymbolicLink(folder.resolve("weir"), home.resolve("bin/weir"));
    Result result = run(Map.of("WEIR_JAVA_HOME", jdk.toString()), link.toString(), "x.ini");
    assertThat(result.status()).isZero();
    assertThat(result.out().lines()).contains("-Dweir.home=" + home, "-Dweir.program=" + link);
  }

  @Test
  void passesByAJavaHomeThatIsTooOld() throws Exception {
    Path old = jdk("old", "17.0.9", "#!/bin/sh\necho wrong\n");
    Path good = jdk("good", "26-ea", ECHO);
    Result result = run(
        Map.of("JAVA_HOME", old.toString(), "PATH", good + "/bin:" + System.getenv("PATH")),
        home.resolve("bin/weir").toString());
    assertThat(result.out()).contains("dev.weir.app.Main").doesNotContain("wrong");
  }

  @Test
  void prefersAJavaHomeThatFits() throws Exception {
    Path good = jdk("good", "25.0.2", "#!/bin/sh\necho right\n");
    assertThat(run(Map.of("JAVA_HOME", good.toString()), home.resolve("bin/weir").toString()).out())
        .isEqualTo("right\n");
  }

  @Test
  void refusesAWeirJavaHomeThatDoesNotFit() throws Exception {
    Path old = jdk("old", "21.0.1", "#!/bin/sh\necho wrong\n");
    Result result = run(Map.of("WEIR_JAVA_HOME", old.toString()),
        home.resolve("bin/weir").toString());
    assertThat(result)
        .isEqualTo(
            new Result(69, "", "weir: WEIR_JAVA_HOME=" + old + " is not a JDK 25 or newer\n"));
  }

  @Test
  void usesPreparedClassesOnlyOfThisJdkAndNewerThanEveryJar() throws Exception {
    Path jdk = jdk("jdk", "25.0.1", ECHO);
    Map<String, String> environment = Map.of("WEIR_JAVA_HOME", jdk.toString());
    String weir = home.resolve("bin/weir").toString();
    Files.createFile(home.resolve("lib/weir-25.0.2.aot"));
    assertThat(run(environment, weir).out()).doesNotContain("AOTCache");
    Path cache = Files.createFile(home.resolve("lib/weir-25.0.1.aot"));
    Files.setLastModifiedTime(cache, FileTime.from(Instant.now().plusSeconds(10)));
    assertThat(run(environment, weir).out()).contains("-XX:AOTCache=" + cache + "\n");
    Files.setLastModifiedTime(home.resolve("lib/a.jar"),
        FileTime.from(Instant.now().plusSeconds(20)));
    assertThat(run(environment, weir).out()).doesNotContain("AOTCache");
  }

  @Test
  void aDaemonsParentEndsWhenTheDaemonServes() throws Exception {
    Path pid = folder.resolve("pid");
    Path jdk = jdk("jdk", "25",
        "#!/bin/sh\necho $$ >'" + pid
            + "'\necho careful >&2\necho up >>\"$WEIR_READY_FILE\"\nexec sleep 60\n");
    Result result = run(Map.of("WEIR_JAVA_HOME", jdk.toString()),
        home.resolve("bin/weir").toString(), "-qd", "x.ini");
    ProcessHandle daemon = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
        .orElseThrow();
    try {
      assertThat(result).isEqualTo(new Result(0, "", "careful\n"));
      assertThat(daemon.isAlive()).isTrue();
    } finally {
      daemon.destroyForcibly();
    }
  }

  @Test
  void aDaemonThatCannotStartIsTheParentsFailure() throws Exception {
    Path jdk = jdk("jdk", "25",
        "#!/bin/sh\necho FATAL daemon needs pidfile configured >&2\nexit 1\n");
    for (List<String> arguments : List.of(List.of("-d", "x.ini"), List.of("x.ini", "--dae"),
        List.of("-u", "joe", "-vd", "x"),
        List.of("-ujoe", "-d", "x"), List.of("--user", "joe", "--daemon", "x"))) {
      assertThat(run(Map.of("WEIR_JAVA_HOME", jdk.toString()), command(arguments)))
          .isEqualTo(new Result(1, "", "FATAL daemon needs pidfile configured\n"));
    }
  }

  @Test
  void whatOnlyLooksLikeDaemonIsNot() throws Exception {
    Path jdk = jdk("jdk", "25", "#!/bin/sh\necho \"ready=${WEIR_READY_FILE:-none}\"\n");
    for (List<String> arguments : List.of(List.of("-u", "-d", "x.ini"), List.of("-ud", "x.ini"),
        List.of("--", "-d"),
        List.of("--user=d", "x.ini"), List.of("demo"))) {
      assertThat(run(Map.of("WEIR_JAVA_HOME", jdk.toString()), command(arguments)).out())
          .as("%s", arguments)
          .isEqualTo("ready=none\n");
    }
  }

  @Test
  void buildsACheckoutOnceAndAgainWhenASourceChanged() throws Exception {
    Path checkout = checkout();
    Path jdk = jdk("jdk", "25", ECHO);
    Map<String, String> environment = Map.of("WEIR_JAVA_HOME", jdk.toString(), "PATH",
        maven() + ":" + System.getenv("PATH"));
    String weir = checkout.resolve("bin/weir").toString();
    Result first = run(environment, weir, "x.ini");
    assertThat(first.err()).contains("weir: building " + checkout, "weir: built\n");
    assertThat(first.out()).contains("-Dweir.home=" + checkout + "/proxy-app/target/dist", "x.ini");
    assertThat(run(environment, weir, "x.ini").err()).isEmpty();
    Files.setLastModifiedTime(checkout.resolve("proxy-app/src/main/java/A.java"),
        FileTime.from(Instant.now().plusSeconds(10)));
    assertThat(run(environment, weir, "x.ini").err()).contains("building");
  }

  @Test
  void showsWhyABuildFailed() throws Exception {
    Path checkout = checkout();
    Path jdk = jdk("jdk", "25", ECHO);
    Path bin = Files.createDirectories(folder.resolve("failing"));
    executable(bin.resolve("mvn"), "#!/bin/sh\necho 'cannot find symbol'\nexit 1\n");
    Result result = run(
        Map.of("WEIR_JAVA_HOME", jdk.toString(), "PATH", bin + ":" + System.getenv("PATH")),
        checkout.resolve("bin/weir").toString(), "x.ini");
    assertThat(result.status()).isEqualTo(70);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("cannot find symbol", "weir: the build failed");
  }

  private List<String> list(String first, List<String> rest) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(rest);
    return all;
  }

  private String[] command(List<String> arguments) {
    return list(home.resolve("bin/weir").toString(), arguments).toArray(String[]::new);
  }

  private Path checkout() throws IOException {
    Path checkout = folder.resolve("checkout");
    Files.createDirectories(checkout.resolve("bin"));
    Files.createDirectories(checkout.resolve("conf"));
    Files.createDirectories(checkout.resolve("proxy-app/src/main/java"));
    Files.copy(LAUNCHER, checkout.resolve("bin/weir"));
    Files.createFile(checkout.resolve("pom.xml"));
    Files.createFile(checkout.resolve("proxy-app/src/main/java/A.java"));
    return checkout;
  }

  /** Makes the jar that the real build makes. */
  private Path maven() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("maven"));
    executable(bin.resolve("mvn"), """
        #!/bin/sh
        while [ "$1" != -f ]; do shift; done
        lib=$(dirname "$2")/proxy-app/target/dist/lib
        rm -rf "$lib"
        mkdir -p "$lib"
        : >"$lib/weir.jar"
        """);
    return bin;
  }

  private Path jdk(String name, String version, String java) throws IOException {
    Path jdk = folder.resolve(name);
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"),
        "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\n");
    executable(jdk.resolve("bin/java"), java);
    return jdk;
  }

  private static void executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Process start(Map<String, String> environment, String... command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> all = new TreeMap<>(environment);
    all.putIfAbsent("PATH", System.getenv("PATH"));
    all.put("HOME", System.getProperty("user.home"));
    builder.environment().clear();
    builder.environment().putAll(all);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private static Result run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Process process = start(environment, command);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), out, err);
  }
}
