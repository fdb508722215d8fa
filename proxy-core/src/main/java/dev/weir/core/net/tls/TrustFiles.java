package dev.weir.core.net.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Authorities in a directory and lists of what they have revoked, as OpenSSL knows them (openssl-rehash(1)): of a
 * directory only files count that are named by the hash of what is in them. Empty texts mean "not set". Immutable.
 *
 * @param caPath directory of PEM certificates {@code HHHHHHHH.n}
 * @param crlFile path of PEM revocation lists
 * @param crlPath directory of PEM revocation lists {@code HHHHHHHH.rn}
 */
public record TrustFiles(String caPath, String crlFile, String crlPath) {
  public static final TrustFiles NONE = new TrustFiles("", "", "");

  private static final Pattern CA_NAME = Pattern.compile("[0-9a-f]{8}\\.\\d+");
  private static final Pattern CRL_NAME = Pattern.compile("[0-9a-f]{8}\\.r\\d+");
  private static final int MAX_FILES = 1000;

  /** Whether certificates are looked for among revoked ones. */
  boolean checksRevocation() {
    return !crlFile.isEmpty() || !crlPath.isEmpty();
  }

  /** The certificates of the directory; empty when there is no directory. */
  SequencedSet<X509Certificate> authorities() throws TlsConfigException {
    SequencedSet<X509Certificate> found = new LinkedHashSet<>();
    for (String file : files("CA directory", caPath, CA_NAME)) {
      found.addAll(PemFile.read("CA file", file).certificates("CA file"));
    }
    return found;
  }

  /** All revocation lists. */
  List<X509CRL> revocations() throws TlsConfigException {
    List<String> files = new ArrayList<>(files("CRL directory", crlPath, CRL_NAME));
    if (!crlFile.isEmpty()) {
      files.add(crlFile);
    }
    List<X509CRL> lists = new ArrayList<>();
    for (String file : files) {
      lists.addAll(revocations(file));
    }
    return lists;
  }

  private static List<X509CRL> revocations(String file) throws TlsConfigException {
    List<X509CRL> lists = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (PemFile.Block block : PemFile.read("CRL file", file).blocks()) {
        if (block.type().equals("X509 CRL")) {
          lists.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(block.der())));
        }
      }
    } catch (CertificateException | CRLException e) {
      throw new TlsConfigException("failed to read CRL file \"" + file + "\": " + e.getMessage(),
          e);
    }
    if (lists.isEmpty()) {
      throw new TlsConfigException(
          "failed to read CRL file \"" + file + "\": no revocation list in it");
    }
    return lists;
  }

  /** Files of the directory that have such a name, sorted. */
  private static SequencedSet<String> files(String what, String directory, Pattern name)
      throws TlsConfigException {
    TreeSet<String> found = new TreeSet<>();
    if (directory.isEmpty()) {
      return found;
    }
    String failure = "failed to read " + what + " \"" + directory + "\": ";
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of(directory),
        path -> name.matcher(path.getFileName().toString()).matches())) {
      for (Path path : all) {
        if (found.size() == MAX_FILES) {
          throw new TlsConfigException(failure + "more than " + MAX_FILES + " files");
        }
        found.add(path.toString());
      }
    } catch (IOException | InvalidPathException e) {
      throw new TlsConfigException(failure + e, e);
    }
    if (found.isEmpty()) {
      throw new TlsConfigException(
          failure + "no file is named by its hash; openssl rehash makes such names");
    }
    return found;
  }
}
