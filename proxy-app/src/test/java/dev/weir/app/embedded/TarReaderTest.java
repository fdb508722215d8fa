package dev.weir.app.embedded;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Headers are laid out by hand after POSIX.1-2017 pax, "ustar Interchange Format". */
final class TarReaderTest {
  @TempDir Path target;

  @Test
  void writesFilesFoldersAndLinks() throws IOException {
    unpack(entry("bin/", '5', "", "", "0000755"),
        entry("bin/tool", '0', "", "#!/bin/sh\n", "0000755"),
        entry("bin/alias", '2', "tool", "", "0000777"),
        entry("notes", '0', "", "x".repeat(513), "0000600"));
    assertThat(target.resolve("bin/tool")).hasContent("#!/bin/sh\n").isExecutable();
    assertThat(Files.readSymbolicLink(target.resolve("bin/alias"))).isEqualTo(Path.of("tool"));
    assertThat(target.resolve("notes")).hasContent("x".repeat(513));
  }

  @Test
  void takesLongNamesInBothSpellings() throws IOException {
    String gnu = "a/".repeat(60) + "gnu";
    String pax = "b/".repeat(60) + "pax";
    String body = "path=" + pax + "\n";
    int length = body.length() + 4; // three digits and the space count too
    unpack(entry("././@LongLink", 'L', "", gnu + "\0", "0000644"),
        entry("cut", '0', "", "1", "0000644"),
        entry("PaxHeader", 'x', "", length + " " + body, "0000644"),
        entry("cut", '0', "", "2", "0000644"));
    assertThat(target.resolve(gnu)).hasContent("1");
    assertThat(target.resolve(pax)).hasContent("2");
  }

  @Test
  void refusesToLeaveTheFolder() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> unpack(entry("../evil", '0', "", "x", "0000644")))
        .withMessageContaining("../evil");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> unpack(entry("/etc/evil", '0', "", "x", "0000644")))
        .withMessageContaining("/etc/evil");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> unpack(entry("link", '2', "../../etc", "", "0000777")))
        .withMessageContaining("../../etc");
  }

  @Test
  void noticesACutArchive() throws IOException {
    byte[] whole = entry("file", '0', "", "x".repeat(1000), "0000644");
    for (int length : new int[]{100, 512, 600, 1511}) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);
      assertThatExceptionOfType(IOException.class).as("cut at %d", length)
          .isThrownBy(() -> new TarReader(new ByteArrayInputStream(cut)).unpack(target));
    }
  }

  private void unpack(byte[]... entries) throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      tar.write(entry);
    }
    tar.write(new byte[1024]);
    new TarReader(new ByteArrayInputStream(tar.toByteArray())).unpack(target);
  }

  private static byte[] entry(String name, char type, String link, String content, String mode) {
    byte[] body = content.getBytes(StandardCharsets.UTF_8);
    byte[] entry = new byte[512 + (body.length + 511) / 512 * 512];
    put(entry, 0, name);
    put(entry, 100, mode);
    put(entry, 124, String.format("%011o", body.length));
    entry[156] = (byte) type;
    put(entry, 157, link);
    put(entry, 257, "ustar");
    System.arraycopy(body, 0, entry, 512, body.length);
    return entry;
  }

  private static void put(byte[] entry, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, entry, at, bytes.length);
  }
}
