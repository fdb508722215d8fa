package dev.weir.app;

import dev.weir.admin.proxysql.AdminOptions;
import dev.weir.app.CommandLine.Request;
import dev.weir.app.demo.DemoPorts;
import dev.weir.core.control.ProductVersion;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

final class CommandLineTest {
  static Stream<Arguments> served() {
    return Stream.of(runs("weir.ini", false, false, false, 0, null),
        runs("-d weir.ini", true, false, false, 0, null),
        runs("-q weir.ini", false, true, false, 0, null),
        runs("--quiet weir.ini", false, true, false, 0, null),
        runs("--reboot --quiet weir.ini", false, true, true, 0, null),
        runs("-vv weir.ini", false, false, false, 2, null),
        runs("-v --verbose -v weir.ini", false, false, false, 3, null),
        runs("weir.ini -dqR", true, true, true, 0, null),
        runs("-u joe weir.ini", false, false, false, 0, "joe"),
        runs("-ujoe weir.ini", false, false, false, 0, "joe"),
        runs("-duroot weir.ini", true, false, false, 0, "root"),
        runs("--user=joe weir.ini", false, false, false, 0, "joe"),
        runs("--user joe weir.ini", false, false, false, 0, "joe"),
        runs("--us=joe weir.ini", false, false, false, 0, "joe"),
        runs("--dae weir.ini", true, false, false, 0, null),
        runs("-d -- weir.ini", true, false, false, 0, null));
  }

  private static Arguments runs(String line, boolean daemon, boolean quiet, boolean reboot,
      int verbose,
      @Nullable String user) {
    return Arguments.of(line,
        new Options(Path.of("weir.ini"), daemon, quiet, reboot, verbose, user));
  }

  @ParameterizedTest
  @MethodSource("served")
  void takesWhatPgBouncerTakes(String line, Options options) {
    assertThat(parse(line)).isEqualTo(new Request.Run(options));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      ``                 | no configuration file specified
      -q                 | no configuration file specified
      a.ini b.ini        | no configuration file specified
      -- -d a.ini        | no configuration file specified
      -x weir.ini        | invalid option -- 'x'
      -dx weir.ini       | invalid option -- 'x'
      --foo weir.ini     | unrecognized option '--foo'
      --foo=1 weir.ini   | unrecognized option '--foo=1'
      --ver weir.ini     | option '--ver' is ambiguous; possibilities: '--verbose' '--version'
      --quiet=1 weir.ini | option '--quiet' doesn't allow an argument
      weir.ini --user    | option '--user' requires an argument
      weir.ini -u        | option requires an argument -- 'u'
      """)
  void refusesWithGetoptsWordsAndStatus1(String line, String message) {
    assertThat(parse(line)).isEqualTo(new Request.Say("",
        "/opt/weir/bin/weir: " + message
            + "\nTry \"/opt/weir/bin/weir --help\" for more information.\n",
        1));
  }

  @ParameterizedTest
  @CsvSource({"--help", "-h", "-qh", "-h missing.ini more", "--he"})
  void helpsWithStatus0(String line) {
    assertThat(parse(line)).isInstanceOfSatisfying(Request.Say.class, said -> {
      assertThat(said.status()).isZero();
      assertThat(said.err()).isEmpty();
      assertThat(said.out())
          .startsWith(
              "/opt/weir/bin/weir is a connection pooler for PostgreSQL and MySQL.\n\nUsage:\n")
          .contains("  -u, --user=USERNAME  assume identity of USERNAME\n");
    });
  }

  @ParameterizedTest
  @CsvSource({"--version", "-V", "-qV whatever"})
  void namesItsVersionInTheFirstLine(String line) {
    assertThat(parse(line)).isInstanceOfSatisfying(Request.Say.class, said -> {
      assertThat(said.status()).isZero();
      assertThat(said.out().lines()).first().isEqualTo(ProductVersion.FULL);
      assertThat(said.out()).containsPattern("\nnetty 4\\.[0-9.]+Final\njava 25");
    });
  }

  @ParameterizedTest
  @CsvSource({"demo,6432,9127,6033,6032", "demo --port 7000,7000,9127,6033,6032",
    "demo --port=7000 --http-port=7001,7000,7001,6033,6032",
    "demo -p7000 -H 7001,7000,7001,6033,6032",
    "demo --mysql-port=7002 --admin-port 7003,6432,9127,7002,7003"})
  void startsADemo(String line, int port, int httpPort, int mysqlPort, int adminPort) {
    assertThat(parse(line))
        .isEqualTo(new Request.Demo(new DemoPorts(port, httpPort, mysqlPort, adminPort)));
  }

  @ParameterizedTest
  @CsvSource({"--initial -c proxysql.cnf,,SET_ASIDE", "--reload --config=proxysql.cnf,,OVERLAID",
    "--idle-threads -f -c proxysql.cnf -D /var/lib/proxysql,/var/lib/proxysql,KEPT"})
  void takesProxysqlsOptions(String line, String datadir, AdminOptions.Saved saved) {
    assertThat(parse(line)).isEqualTo(new Request.Run(new Options(Path.of("proxysql.cnf"), false,
        false, false, 0, null, datadir == null ? null : Path.of(datadir), saved)));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      demo --port 0         | --port must be a number from 1 to 65535, not '0'
      demo --port 65536     | --port must be a number from 1 to 65535, not '65536'
      demo --http-port=x    | --http-port must be a number from 1 to 65535, not 'x'
      demo --port=9127      | --port and --http-port are both 9127
      demo weir.ini         | demo takes no argument 'weir.ini'
      demo --quiet          | unrecognized option '--quiet'
      """)
  void refusesADemoItCannotStart(String line, String message) {
    assertThat(parse(line)).isInstanceOfSatisfying(Request.Say.class, said -> {
      assertThat(said.status()).isEqualTo(1);
      assertThat(said.err()).startsWith(
          "/opt/weir/bin/weir: " + message + "\nTry \"/opt/weir/bin/weir demo --help\"");
    });
  }

  @Test
  void aFileNamedDemoIsReachedByItsPath() {
    assertThat(parse("./demo")).isEqualTo(new Request.Run(Options.of(Path.of("./demo"))));
  }

  private static Request parse(String line) {
    return CommandLine.parse("/opt/weir/bin/weir",
        line.isEmpty() ? new String[0] : line.split(" ", -1));
  }
}
