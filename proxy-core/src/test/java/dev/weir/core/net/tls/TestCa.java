package dev.weir.core.net.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for tests; everything it issues lies as PEM files in one directory. */
public final class TestCa {
  /** A certificate with its key, as files. */
  public record Issued(X509Certificate certificate, KeyPair keys, Path certFile, Path keyFile) {}

  private static final AtomicLong SERIALS = new AtomicLong(1);

  private final Path directory;
  private final KeyPair keys;
  private final X500Name name;
  private final X509Certificate certificate;
  private final Path file;

  private TestCa(Path directory, String commonName) throws Exception {
    this.directory = directory;
    keys = ecKeys();
    name = new X500Name("CN=" + commonName);
    X509v3CertificateBuilder builder = builder(name, keys, Instant.now().plus(Duration.ofDays(10)));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    certificate = sign(builder);
    file = write(commonName + ".crt", certificate);
  }

  public static TestCa in(Path directory, String commonName) {
    try {
      return new TestCa(directory, commonName);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public Path file() {
    return file;
  }

  public static KeyPair ecKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  public static KeyPair rsaKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  /** A certificate for {@code subject}, good for a day, with the alternative names {@code dns:…} and {@code ip:…}. */
  public Issued issue(String subject, String... names) {
    try {
      return issue(subject, ecKeys(), Instant.now().plus(Duration.ofDays(1)), names);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public Issued issue(String subject, KeyPair forKeys, Instant until, String... names) {
    try {
      X509v3CertificateBuilder builder = builder(new X500Name(subject), forKeys, until);
      if (names.length > 0) {
        List<GeneralName> alternatives = new ArrayList<>();
        for (String alternative : names) {
          int colon = alternative.indexOf(':');
          alternatives.add(new GeneralName(
              alternative.startsWith("ip:") ? GeneralName.iPAddress : GeneralName.dNSName,
              alternative.substring(colon + 1)));
        }
        builder.addExtension(Extension.subjectAlternativeName, false,
            new GeneralNames(alternatives.toArray(GeneralName[]::new)));
      }
      X509Certificate issued = sign(builder);
      String base = "cert" + issued.getSerialNumber();
      return new Issued(issued, forKeys, write(base + ".crt", issued),
          write(base + ".key", new JcaPKCS8Generator(forKeys.getPrivate(), null)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private X509v3CertificateBuilder builder(X500Name subject, KeyPair subjectKeys, Instant until)
      throws CertIOException {
    return new JcaX509v3CertificateBuilder(name, BigInteger.valueOf(SERIALS.getAndIncrement()),
        Date.from(Instant.now().minus(Duration.ofDays(3))), Date.from(until), subject,
        subjectKeys.getPublic());
  }

  private X509Certificate sign(X509v3CertificateBuilder builder)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter().getCertificate(
        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  /** Writes a list of revoked certificates, good for a day. */
  public Path revoke(String fileName, Issued... revoked) {
    try {
      Date now = Date.from(Instant.now().minus(Duration.ofHours(1)));
      X509v2CRLBuilder list = new X509v2CRLBuilder(name, now);
      list.setNextUpdate(Date.from(Instant.now().plus(Duration.ofDays(1))));
      for (Issued each : revoked) {
        list.addCRLEntry(each.certificate().getSerialNumber(), now, CRLReason.keyCompromise);
      }
      return write(fileName, new JcaX509CRLConverter().getCRL(
          list.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public Path write(String fileName, Object object) throws IOException {
    return Files.writeString(directory.resolve(fileName), pem(object));
  }

  public static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
