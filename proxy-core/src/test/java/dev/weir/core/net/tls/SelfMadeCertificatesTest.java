package dev.weir.core.net.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SelfMadeCertificatesTest {
  @TempDir Path directory;
  private Path ca;
  private Path certificate;
  private Path key;
  private SelfMadeCertificates certificates;

  @BeforeEach
  void names() {
    ca = directory.resolve("ca.pem");
    certificate = directory.resolve("cert.pem");
    key = directory.resolve("key.pem");
    certificates = new SelfMadeCertificates(ca, certificate, key);
  }

  private static X509Certificate read(Path file) throws TlsConfigException {
    return PemFile.read("certificate", file.toString()).certificates("certificate").getFirst();
  }

  @Test
  void theChainIsValidAndTheKeyFits() throws Exception {
    assertThat(certificates.makeIfMissing()).isTrue();

    X509Certificate root = read(ca);
    X509Certificate leaf = read(certificate);
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setRevocationEnabled(false);
    CertPathValidator.getInstance("PKIX").validate(
        CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), parameters);
    root.verify(root.getPublicKey());
    assertThat(root.getBasicConstraints()).isNotNegative();
    assertThat(leaf.getBasicConstraints()).isNegative();
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(leaf.getNotAfter().toInstant())
        .isAfter(Instant.now().plus(Duration.ofDays(3600)));
    assertThat(leaf.getSubjectX500Principal().getName())
        .isEqualTo("CN=Weir_Auto_Generated_Server_Certificate");
    assertThat(Identity.read(key.toString(), certificate.toString()).chain())
        .containsExactly(leaf);
  }

  @Test
  void onlyTheOwnerReadsTheKey() throws IOException {
    certificates.makeIfMissing();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatIsThereStays() throws IOException {
    certificates.makeIfMissing();
    byte[] before = Files.readAllBytes(certificate);

    assertThat(certificates.makeIfMissing()).isFalse();
    assertThat(Files.readAllBytes(certificate)).isEqualTo(before);
  }

  @Test
  void anAuthorityIsNotNeededBesideACertificate() throws IOException {
    Files.writeString(certificate, "mine");
    Files.writeString(key, "mine");

    assertThat(certificates.makeIfMissing()).isFalse();
    assertThat(ca).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca.pem", "cert.pem", "key.pem", "ca.pem,key.pem", "ca.pem,cert.pem"})
  void aPartOfThemIsAnErrorThatNamesIt(String there) throws IOException {
    for (String name : there.split(",", -1)) {
      Files.writeString(directory.resolve(name), "mine");
    }

    assertThatExceptionOfType(IOException.class).isThrownBy(certificates::makeIfMissing)
        .withMessageContaining("is there").withMessageContaining(there.split(",", -1)[0]);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(there.split(",", -1).length);
    }
  }
}
