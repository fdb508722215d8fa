package dev.weir.it;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority and what it issues, as PEM files in a folder: {@code NAME.crt} and {@code NAME.key}. */
final class Certificates {
  private static final AtomicLong SERIALS = new AtomicLong(1);

  private final Path folder;
  private final String name;
  private final KeyPair keys;

  private Certificates(Path folder, String name, KeyPair keys) {
    this.folder = folder;
    this.name = name;
    this.keys = keys;
  }

  /** A fresh authority; its certificate is {@code NAME.crt}. */
  static Certificates authority(Path folder, String name) throws Exception {
    Certificates made = new Certificates(folder, name, ecKeys());
    X509v3CertificateBuilder builder = made.builder(name, made.keys);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    write(folder.resolve(name + ".crt"), made.sign(builder));
    return made;
  }

  Path certificate() {
    return folder.resolve(name + ".crt");
  }

  /** Issues {@code file.crt} and {@code file.key} for a common name, good for localhost and 127.0.0.1 when asked for. */
  void issue(String file, String commonName, boolean forLocalhost) throws Exception {
    KeyPair own = ecKeys();
    X509v3CertificateBuilder builder = builder(commonName, own);
    if (forLocalhost) {
      builder.addExtension(Extension.subjectAlternativeName, false,
          new GeneralNames(new GeneralName[]{new GeneralName(GeneralName.dNSName, "localhost"),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1")}));
    }
    write(folder.resolve(file + ".crt"), sign(builder));
    Path key = folder.resolve(file + ".key");
    write(key, new JcaPKCS8Generator(own.getPrivate(), null));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
  }

  /** The key in the form that the driver reads. */
  void writeDer(String file) throws Exception {
    String pem = Files.readString(folder.resolve(file + ".key"));
    String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    Path der = Files.write(folder.resolve(file + ".pk8"), Base64.getDecoder().decode(base64));
    Files.setPosixFilePermissions(der, PosixFilePermissions.fromString("rw-------"));
  }

  private static KeyPair ecKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private X509v3CertificateBuilder builder(String commonName, KeyPair of) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(new X500Name("CN=" + name),
        BigInteger.valueOf(SERIALS.getAndIncrement()), Date.from(now.minus(Duration.ofDays(1))),
        Date.from(now.plus(Duration.ofDays(1))), new X500Name("CN=" + commonName), of.getPublic());
  }

  private X509Certificate sign(X509v3CertificateBuilder builder) throws Exception {
    return new JcaX509CertificateConverter().getCertificate(
        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static void write(Path file, Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    Files.writeString(file, text.toString());
  }
}
