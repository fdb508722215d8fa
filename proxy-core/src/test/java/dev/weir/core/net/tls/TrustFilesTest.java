package dev.weir.core.net.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TrustFilesTest {
  @TempDir Path directory;
  private Path path;
  private TestCa ca;
  private TestCa.Issued good;
  private TestCa.Issued revoked;

  @BeforeEach
  void issue() throws IOException {
    path = Files.createDirectories(directory.resolve("path"));
    ca = TestCa.in(directory, "ca");
    good = ca.issue("CN=good");
    revoked = ca.issue("CN=revoked");
  }

  private static void present(PeerTrust trust, TestCa.Issued who) throws CertificateException {
    trust.checkServerTrusted(new X509Certificate[]{who.certificate()}, "ECDHE_ECDSA");
  }

  private TrustFiles capath() {
    return new TrustFiles(path.toString(), "", "");
  }

  @Test
  void authoritiesOfADirectoryCountByTheirHashedNames() throws Exception {
    Files.copy(ca.file(), path.resolve("0123abcd.0"));
    PeerTrust trust = PeerTrust.in("", capath(), false);

    assertThatCode(() -> present(trust, good)).doesNotThrowAnyException();
    TestCa.Issued stranger = TestCa.in(directory, "other").issue("CN=good");
    assertThatExceptionOfType(CertificateException.class)
        .isThrownBy(() -> present(trust, stranger))
        .withMessageStartingWith("certificate verify failed");
  }

  @Test
  void otherNamesDoNotCount() throws Exception {
    Files.copy(ca.file(), path.resolve("ca.pem"));

    assertThatExceptionOfType(TlsConfigException.class)
        .isThrownBy(() -> PeerTrust.in("", capath(), false))
        .withMessageContaining("openssl rehash");
  }

  @Test
  void aDirectoryThatIsNotThereIsNamed() {
    TrustFiles nowhere = new TrustFiles(directory.resolve("nowhere").toString(), "", "");

    assertThatExceptionOfType(TlsConfigException.class)
        .isThrownBy(() -> PeerTrust.in("", nowhere, false)).withMessageContaining("nowhere");
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aRevokedCertificateIsRefusedAndAnotherIsNot(boolean fromDirectory) throws Exception {
    Path list = ca.revoke(fromDirectory ? "path/0123abcd.r0" : "list.crl", revoked);
    TrustFiles files = new TrustFiles("", fromDirectory ? "" : list.toString(),
        fromDirectory ? path.toString() : "");
    PeerTrust trust = PeerTrust.in(ca.file().toString(), files, false);

    assertThatCode(() -> present(trust, good)).doesNotThrowAnyException();
    assertThatExceptionOfType(CertificateException.class)
        .isThrownBy(() -> present(trust, revoked))
        .withMessageStartingWith("certificate verify failed").withMessageContaining("revoked");
  }

  @Test
  void withoutAListOfItsIssuerACertificateIsRefused() throws Exception {
    TestCa other = TestCa.in(directory, "other");
    Path list = other.revoke("other.crl", revoked);
    PeerTrust trust = PeerTrust.in(ca.file().toString(),
        new TrustFiles("", list.toString(), ""), false);

    assertThatExceptionOfType(CertificateException.class).isThrownBy(() -> present(trust, good));
  }

  @Test
  void aListNeedsAnAuthority() throws Exception {
    Path list = ca.revoke("list.crl", revoked);

    assertThatExceptionOfType(TlsConfigException.class)
        .isThrownBy(() -> PeerTrust.in("", new TrustFiles("", list.toString(), ""), false))
        .withMessageContaining("need a CA file");
  }

  @Test
  void aFileWithoutAListIsAnError() {
    TrustFiles files = new TrustFiles("", ca.file().toString(), "");

    assertThatExceptionOfType(TlsConfigException.class)
        .isThrownBy(() -> PeerTrust.in(ca.file().toString(), files, false))
        .withMessageContaining("no revocation list in it");
  }
}
