package dev.weir.core.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class IniGrammarTest {
  private static ConfigException refused(String text) {
    return assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Texts.read(text))
        .actual();
  }

  @Test
  void commentsStandOnLinesOfTheirOwn() throws ConfigException {
    Config config = Texts.settings("""
        # job_name = one
          ; job_name = two
        job_name = a ; b # c
        """);

    assertThat(config.get(ProcessSettings.JOB_NAME)).isEqualTo("a ; b # c");
  }

  @Test
  void blanksAroundKeyAndValueDoNotCount() throws ConfigException {
    Config config = Texts.settings(" \t job_name\t =  \t weir  \t\r\nsyslog_ident=x\r\n");

    assertThat(config.get(ProcessSettings.JOB_NAME)).isEqualTo("weir");
    assertThat(config.get(LogSettings.SYSLOG_IDENT)).isEqualTo("x");
  }

  @Test
  void quotesArePartOfAValue() throws ConfigException {
    assertThat(
        Texts.settings("server_reset_query = 'DISCARD ALL'").get(PoolSettings.SERVER_RESET_QUERY))
        .isEqualTo("'DISCARD ALL'");
  }

  @Test
  void aValueMayBeEmpty() throws ConfigException {
    assertThat(Texts.settings("server_reset_query =").get(PoolSettings.SERVER_RESET_QUERY))
        .isEmpty();
  }

  @Test
  void keysMayBeQuotedWithSingleQuotes() throws ConfigException {
    Config config = Texts.read("""
        [databases]
        'my db/1' = dbname=x
        plain.name-2_* = dbname=y
        [pgbouncer]
        'job_name' = z
        """);

    assertThat(config.databases().keySet()).containsExactly("my db/1", "plain.name-2_*");
    assertThat(config.get(ProcessSettings.JOB_NAME)).isEqualTo("z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"job_name", "= x", "'' = x", "'open = x", "job name = x",
    "\"job_name\" = x", "[open",
    "%exclude x", "%include", "%includex", "naïve = 1", "a\0b = 1", "job_name = a\0b"})
  void aLineThatIsNoEntryStopsTheReading(String line) {
    ConfigException e = refused("[pgbouncer]\n\n" + line + "\n");

    assertThat(e.line()).isEqualTo(3);
    assertThat(e.getMessage()).startsWith("weir.ini:3: syntax error: ");
    assertThat(e.originalLogLine())
        .isEqualTo("syntax error in configuration (weir.ini:3), stopping loading");
  }

  @Test
  void aKeyBeforeTheFirstSectionIsAnError() {
    assertThat(refused("job_name = x\n[pgbouncer]\n"))
        .hasMessage("weir.ini:1: job_name: stands before the first section");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Databases", "pgbouncer ", "", "database"})
  void anUnknownSectionIsAnError(String name) {
    ConfigException e = refused("[pgbouncer]\n[" + name + "]\n");

    assertThat(e.getMessage()).startsWith("weir.ini:2: [" + name + "]: invalid section");
    assertThat(e.originalLogLine()).isEqualTo("invalid section");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "Job_Name", "workers", "service_name"})
  void anUnknownParameterIsAnError(String name) {
    ConfigException e = refused("[pgbouncer]\n" + name + " = 1\n");

    assertThat(e.subject()).isEqualTo("[pgbouncer] " + name);
    assertThat(e.originalLogLine()).isEqualTo("unknown parameter: pgbouncer/" + name);
  }

  @Test
  void settingsOfPgbouncerDoNotStandInTheSectionWeir() {
    assertThat(refused("[pgbouncer]\n[weir]\nmax_client_conn = 1\n").originalLogLine())
        .isEqualTo("unknown parameter: weir/max_client_conn");
  }

  @Test
  void theMainSectionMustBeThere() {
    assertThat(refused("[databases]\n")).hasMessage("weir.ini: section [pgbouncer] is missing");
  }

  @Test
  void theLastOfTwoWins() throws ConfigException {
    Config config = Texts.read("""
        [databases]
        a = port=1
        a = dbname=b
        [pgbouncer]
        max_client_conn = 1
        max_client_conn = 2
        """);

    DatabaseEntry a = Objects.requireNonNull(config.databases().get("a"));
    assertThat(a.port()).isEqualTo(5432);
    assertThat(config.get(ProcessSettings.MAX_CLIENT_CONN)).isEqualTo(2);
  }

  @Test
  void sectionsComeInAnyOrderAndMoreThanOnce() throws ConfigException {
    Config config = Texts.read(
        "[users]\nu = pool_size=1\n[pgbouncer]\n[databases]\na=\n[users]\nv=\n[databases]\nb=\n");

    assertThat(config.databases().keySet()).containsExactly("a", "b");
    assertThat(config.users().keySet()).containsExactly("u", "v");
  }

  @Test
  void anEntryMayFollowItsSectionOnTheSameLine() throws ConfigException {
    assertThat(
        Texts.read("[databases] a = port=7\n[weir] [pgbouncer] max_client_conn=3\n[users] # none\n")
            .get(ProcessSettings.MAX_CLIENT_CONN))
        .isEqualTo(3);
  }

  @Test
  void aSecondMainSectionStartsFromTheDefaultsAgainAndSaysSo() throws ConfigException {
    Config config = Texts.read("""
        [pgbouncer]
        max_client_conn = 5
        listen_port = 7000
        [pgbouncer]
        pool_mode = statement
        """);

    assertThat(config.get(ProcessSettings.MAX_CLIENT_CONN)).isEqualTo(100);
    assertThat(config.get(ProcessSettings.LISTEN_PORT)).isEqualTo(7000);
    assertThat(config.get(PoolSettings.POOL_MODE)).isEqualTo(PoolMode.STATEMENT);
    assertThat(config.warnings())
        .containsExactly(
            "weir.ini:4: this [pgbouncer] header sets back to their defaults: max_client_conn");
  }

  @Test
  void aByteOrderMarkIsNoText(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("bom.ini"), "\uFEFF[pgbouncer]\njob_name = ü\n");

    assertThat(ConfigReader.read(file, null).get(ProcessSettings.JOB_NAME)).isEqualTo("ü");
  }

  @Test
  void anIncludeMaySwitchTheSection() throws ConfigException {
    Config config = Texts
        .read(Map.of("weir.ini", "[pgbouncer]\n%include \t more.ini  \nb = port=2\n", "more.ini",
            "max_client_conn = 9\n[databases]\na = port=1\n"), null);

    assertThat(config.get(ProcessSettings.MAX_CLIENT_CONN)).isEqualTo(9);
    assertThat(config.databases().keySet()).containsExactly("a", "b");
  }

  @Test
  void aMissingIncludeStopsTheReadingAndIsNamedWithItsLine(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("a.ini"),
        "[pgbouncer]\n%include " + folder + "/gone.ini\n");

    assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> ConfigReader.read(file, null))
        .withMessage(
            file + ":2: %include " + folder
                + "/gone.ini: cannot be read: No such file or directory");
  }

  @Test
  void anIncludeIsFoundFromTheWorkingDirectoryNotFromTheFile(@TempDir Path folder)
      throws IOException {
    Files.writeString(folder.resolve("beside.ini"), "max_client_conn = 3\n");
    Path file = Files.writeString(folder.resolve("a.ini"), "[pgbouncer]\n%include beside.ini\n");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> ConfigReader.read(file, null));
  }

  @Test
  void includesNestTenDeepAndNoDeeper() throws ConfigException {
    Map<String, String> files = new HashMap<>();
    files.put("weir.ini", "[pgbouncer]\n%include 1\n");
    for (int i = 1; i < 10; i++) {
      files.put(Integer.toString(i), "%include " + (i + 1) + "\n");
    }
    files.put("10", "max_client_conn = 10\n");
    assertThat(Texts.read(files, null).get(ProcessSettings.MAX_CLIENT_CONN)).isEqualTo(10);

    files.put("10", "%include 11\n");
    files.put("11", "");
    assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Texts.read(files, null))
        .withMessage("10:1: %include is nested deeper than 10");
  }

  @Test
  void aFileThatIncludesItselfTwiceEndsInAnError() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Texts
            .read(Map.of("weir.ini", "[pgbouncer]\n%include weir.ini\n%include weir.ini\n"), null));
  }

  @Test
  void manyIncludesEndInAnErrorToo() {
    Map<String, String> files = Map.of("weir.ini", "[pgbouncer]\n" + "%include a\n".repeat(2000),
        "a", "");

    assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Texts.read(files, null))
        .withMessageContaining("more than 1000 files are included");
  }

  @Test
  void aLineHasALongestLength() throws ConfigException {
    String name = "x".repeat(IniReader.MAX_LINE - "job_name =".length());
    assertThat(Texts.settings("job_name =" + name).get(ProcessSettings.JOB_NAME)).isEqualTo(name);
    assertThat(refused("[pgbouncer]\njob_name =" + name + "x"))
        .hasMessageContaining("weir.ini:2: line is longer");
  }

  @Test
  void aFileOfAnotherEncodingIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("latin.ini"),
        "[pgbouncer]\njob_name = ü\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> ConfigReader.read(file, null))
        .withMessage(file + ": cannot be read: File is not UTF-8");
  }

  @Test
  void aFileHasALargestSize(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("endless.ini");
    try (var out = Files.newByteChannel(file, java.nio.file.StandardOpenOption.CREATE,
        java.nio.file.StandardOpenOption.WRITE)) {
      out.position(TextFiles.MAX_BYTES);
      out.write(java.nio.ByteBuffer.wrap(new byte[]{'\n'}));
    }

    assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> ConfigReader.read(file, null))
        .withMessageContaining("File is larger than 67108864 bytes");
  }
}
