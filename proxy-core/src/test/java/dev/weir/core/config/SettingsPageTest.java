package dev.weir.core.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Writes the manual's page of settings from the catalogue, and finds out when it no longer says what is true. */
class SettingsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "settings.md");
  private static final String REGENERATE = "mvn test -pl proxy-core -am -Dtest=SettingsPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dweir.docs.write=true";

  @Test
  void theCommittedPageIsWhatTheCatalogueSays() throws IOException {
    String page = page();
    if (Boolean.getBoolean("weir.docs.write")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }

    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as("%s; write it anew with: %s", PAGE, REGENERATE)
        .isEqualTo(page);
  }

  private static String page() {
    StringBuilder out = new StringBuilder(
        """
            # Settings

            Generated from the program; changes to this page are lost.

            The file is a pgbouncer.ini: sections `[databases]`, `[mysql_databases]`, `[users]`, `[peers]`, `[pgbouncer]` and
            `[weir]`, lines of `key = value`, comments on lines of their own. *Reload* says whether `RELOAD` and `SET` change a setting; the
            others wait for a restart. A value that is not allowed is an error and nothing of the file is taken. Defaults
            are those on Linux; *unset* differs from empty.
            """);
    group(out, "Process, files, listening", ProcessSettings.ALL);
    group(out, "Authentication", AuthSettings.ALL);
    group(out, "Pooling", PoolSettings.ALL);
    group(out, "Timeouts", TimeoutSettings.ALL);
    group(out, "Logging, statistics, console", LogSettings.ALL);
    group(out, "TLS", TlsSettings.ALL);
    group(out, "Names and TCP", NetworkSettings.ALL);
    group(out, "Section `[weir]`", WeirSettings.ALL);
    keys(out, "Keys of `[databases]`",
        "A line is `name = key=value ...`; the name `*` stands for all others.",
        EntryKeys.DATABASES);
    keys(out, "Keys of `[mysql_databases]`",
        "A line is `name = key=value ...`; the name `*` stands for all others.",
        EntryKeys.MYSQL_DATABASES);
    keys(out, "Keys of `[users]`", "A line is `name = key=value ...`; it may be empty.",
        EntryKeys.USERS);
    keys(out, "Keys of `[peers]`",
        "A line is `number = key=value ...`, the number being a peer_id.", EntryKeys.PEERS);
    return out.toString();
  }

  private static void group(StringBuilder out, String title, List<Setting<?>> settings) {
    out.append("\n## ").append(title)
        .append("\n\n| name | default | reload | allowed | meaning |\n|---|---|---|---|---|\n");
    for (Setting<?> setting : settings) {
      out.append("| `").append(setting.name()).append("` | ").append(defaultOf(setting))
          .append(" | ")
          .append(setting.reloadable() ? "yes" : "no").append(" | ").append(setting.allowed())
          .append(" | ")
          .append(setting.doc())
          .append(setting.refused() == null
              ? ""
              : " Other values are refused because "
                  + setting.refused() + ".")
          .append(" |\n");
    }
  }

  private static String defaultOf(Setting<?> setting) {
    String text = setting.defaultText();
    if (text == null) {
      return "unset";
    }
    return text.isEmpty() ? "empty" : "`" + text + "`";
  }

  private static void keys(StringBuilder out, String title, String line, List<EntryKeys.Key> keys) {
    out.append("\n## ").append(title).append("\n\n").append(line)
        .append("\n\n| key | when left out | meaning |\n|---|---|---|\n");
    for (EntryKeys.Key key : keys) {
      out.append("| `").append(key.name()).append("` | ").append(key.absent()).append(" | ")
          .append(key.doc())
          .append(" |\n");
    }
  }

  @Test
  void thePageHasALineForEachSettingAndKey() {
    Matcher lines = java.util.regex.Pattern.compile("(?m)^\\| `").matcher(page());

    assertThat(lines.results().count()).isEqualTo(101 + WeirSettings.ALL.size() + 24 + 17 + 11 + 3);
  }
}
