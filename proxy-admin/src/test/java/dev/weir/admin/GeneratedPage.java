package dev.weir.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** A page of the manual that is made from declarations; {@code -Dweir.docs.write=true} writes it anew. */
public final class GeneratedPage {
  private GeneratedPage() {}

  /** Fails when the committed page is not this text. */
  public static void check(String name, String text) {
    Path page = root().resolve("docs/reference").resolve(name);
    try {
      if (Boolean.getBoolean("weir.docs.write")) {
        Files.createDirectories(page.getParent());
        Files.writeString(page, text);
      }
      assertThat(page)
          .as("run mvn test -pl proxy-admin -am -Dweir.docs.write=true and commit the page")
          .exists();
      assertThat(Files.readString(page)).as(
          "%s is out of date: run mvn test -pl proxy-admin -am -Dweir.docs.write=true and commit it",
          page).isEqualTo(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(at.resolve(".mvn"))) {
      Path above = at.getParent();
      if (above == null) {
        throw new IllegalStateException("no .mvn above the working directory");
      }
      at = above;
    }
    return at;
  }
}
