package dev.weir.core.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AuthFileTest {
  private static AuthFile parse(String text) {
    return AuthFile.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aLineIsAUserASecretAndAnythingAfterThem() {
    AuthFile file = parse("""
        ; "comment" "line"

        "plain" "secret"
          "md5user"\t"md55a231fcdb710d73268c4f44283487ba2" "ignored" # and this
        "scram" "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy"
        "none" ""
        """);

    assertThat(file.users()).containsExactly("plain", "md5user", "scram", "none");
    assertThat(file.secretOf("plain")).isEqualTo("secret");
    assertThat(file.secretOf("md5user")).isEqualTo("md55a231fcdb710d73268c4f44283487ba2");
    assertThat(file.secretOf("scram")).isEqualTo("SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy");
    assertThat(file.secretOf("none")).isEmpty();
    assertThat(file.secretOf("comment")).isNull();
    assertThat(file.warnings()).isEmpty();
  }

  @Test
  void twoQuotesMeanOneAndABackslashIsData() {
    AuthFile file = parse("\"a\"\"b\" \"c\\\"\"\"\n");

    assertThat(file.secretOf("a\"b")).isEqualTo("c\\\"");
  }

  @Test
  void theLastOfTwoWins() {
    assertThat(parse("\"a\" \"1\"\n\"a\" \"2\"\n").secretOf("a")).isEqualTo("2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"user secret\n", "\"user\n", "\"user\"\n", "\"user\" \"secret\n",
    "# comment\n"})
  void aBrokenLineEndsTheReadingButKeepsWhatCameBefore(String line) {
    AuthFile file = parse("\"before\" \"x\"\n" + line);

    assertThat(file.users()).containsExactly("before");
    assertThat(file.warnings()).hasSize(1).first().asString()
        .startsWith("broken auth file (userlist.txt:");
  }

  @Test
  void namesAndSecretsHaveTheLimitsOfTheWire() {
    assertThat(parse("\"" + "u".repeat(127) + "\" \"" + "s".repeat(65530) + "\"").users())
        .hasSize(1);
    assertThat(parse("\"" + "u".repeat(128) + "\" \"s\"").warnings())
        .containsExactly("username too long in auth file (userlist.txt:1)");
    assertThat(parse("\"u\" \"" + "s".repeat(65531) + "\"").warnings())
        .containsExactly("password too long in auth file (userlist.txt:1)");
    assertThat(parse("\"" + "é".repeat(64) + "\" \"s\"").users()).isEmpty();
  }

  @Test
  void aUserThatIsNotUtf8IsLeftOutAlone() {
    AuthFile file = AuthFile
        .parse("\"ü\" \"x\"\n\"b\" \"y\"\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(file.users()).containsExactly("b");
    assertThat(file.warnings())
        .containsExactly("user name or secret is not UTF-8, user left out (userlist.txt:1)");
    assertThat(parse("\"ü\" \"ß\"").secretOf("ü")).isEqualTo("ß");
  }

  @Test
  void anUnchangedFileIsNotReadAgain(@TempDir Path folder) throws Exception {
    Path path = Files.writeString(folder.resolve("users"), "\"a\" \"1\"\n");
    FileTime time = Files.getLastModifiedTime(path);
    AuthFile first = AuthFile.read(path, null);

    assertThat(AuthFile.read(path, first)).isSameAs(first);
    Files.writeString(path, "\"a\" \"2\"\n");
    Files.setLastModifiedTime(path, FileTime.fromMillis(time.toMillis() + 10_000));
    assertThat(AuthFile.read(path, first).secretOf("a")).isEqualTo("2");
  }

  @Test
  void anotherFileIsReadEvenIfItLooksTheSame(@TempDir Path folder) throws Exception {
    AuthFile first = AuthFile.read(Files.writeString(folder.resolve("one"), "\"a\" \"1\"\n"), null);

    assertThat(AuthFile.read(Files.writeString(folder.resolve("two"), "\"a\" \"2\"\n"), first)
        .secretOf("a"))
        .isEqualTo("2");
  }

  @Test
  void aUserTakenOutOfTheFileIsUnknown(@TempDir Path folder) throws Exception {
    Path path = Files.writeString(folder.resolve("users"), "\"a\" \"1\"\n\"b\" \"2\"\n");
    AuthFile first = AuthFile.read(path, null);
    Files.writeString(path, "\"b\" \"2\"\n");

    assertThat(AuthFile.read(path, first).secretOf("a")).isNull();
  }

  @Test
  void aFileThatVanishesLeavesItsUsersAndComesBackByItself(@TempDir Path folder) throws Exception {
    Path path = Files.writeString(folder.resolve("users"), "\"a\" \"1\"\n");
    AuthFile first = AuthFile.read(path, null);
    Path hidden = Files.move(path, folder.resolve("hidden"));
    AuthFile without = AuthFile.read(path, first);

    assertThat(without.secretOf("a")).isEqualTo("1");
    assertThat(without.warnings())
        .containsExactly("could not open auth_file " + path + ": No such file or directory");
    Files.move(hidden, path);
    assertThat(AuthFile.read(path, without).warnings()).isEmpty();
  }
}
