package dev.weir.core.net.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a PEM file (RFC 7468, and RFC 1421 headers of old encrypted keys). Text between blocks is ignored. */
record PemFile(String path, List<Block> blocks) {
  /** One block. */
  static final class Block {
    private final String type;
    private final boolean encrypted;
    private final byte[] der;

    Block(String type, boolean encrypted, byte[] der) {
      this.type = type;
      this.encrypted = encrypted;
      this.der = der;
    }

    /** What stands in its lines, for example {@code CERTIFICATE}. */
    String type() {
      return type;
    }

    /** Whether headers say that the body is encrypted. */
    boolean encrypted() {
      return encrypted;
    }

    /** The body; empty when headers say that it is encrypted. Not copied. */
    byte[] der() {
      return der;
    }
  }

  private static final Pattern BLOCK = Pattern.compile(
      "-----BEGIN ([A-Z0-9 ]+)-----\\s*?\\n(.*?)-----END \\1-----", Pattern.DOTALL);

  private static final int MAX_BYTES = 1 << 20;

  /**
   * Reads a file.
   *
   * @param what how messages call it, for example {@code key file}
   */
  static PemFile read(String what, String path) throws TlsConfigException {
    try {
      Path file = Path.of(path);
      if (Files.isDirectory(file)) {
        throw new TlsConfigException(failure(what, path, "Is a directory"));
      }
      if (Files.isRegularFile(file) && Files.size(file) > MAX_BYTES) {
        throw new TlsConfigException(failure(what, path, "larger than " + MAX_BYTES + " bytes"));
      }
      return parse(what, path, Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      throw new TlsConfigException(failure(what, path, "No such file or directory"), e);
    } catch (AccessDeniedException e) {
      throw new TlsConfigException(failure(what, path, "Permission denied"), e);
    } catch (NotDirectoryException e) {
      throw new TlsConfigException(failure(what, path, "Not a directory"), e);
    } catch (IOException | InvalidPathException e) {
      throw new TlsConfigException(failure(what, path, String.valueOf(e.getMessage())), e);
    }
  }

  private static String failure(String what, String path, String reason) {
    return "failed to read " + what + " \"" + path + "\": " + reason;
  }

  private static PemFile parse(String what, String path, String text) throws TlsConfigException {
    List<Block> blocks = new ArrayList<>();
    Matcher found = BLOCK.matcher(text);
    while (found.find()) {
      String body = found.group(2);
      boolean encrypted = body.contains("ENCRYPTED") && body.contains(":");
      try {
        blocks.add(new Block(found.group(1), encrypted,
            encrypted ? new byte[0] : Base64.getMimeDecoder().decode(body)));
      } catch (IllegalArgumentException e) {
        throw new TlsConfigException(failure(what, path, "bad base64 in " + found.group(1)), e);
      }
    }
    return new PemFile(path, List.copyOf(blocks));
  }

  /** The certificates of the file, at least one, in order. */
  List<X509Certificate> certificates(String what) throws TlsConfigException {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Block block : blocks) {
        if (block.type.equals("CERTIFICATE") || block.type.equals("X509 CERTIFICATE")) {
          certificates.add(
              (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der)));
        }
      }
    } catch (CertificateException e) {
      throw new TlsConfigException(failure(what, path, String.valueOf(e.getMessage())), e);
    }
    if (certificates.isEmpty()) {
      throw new TlsConfigException(failure(what, path, "no certificate in it"));
    }
    return List.copyOf(certificates);
  }
}
