package dev.weir.core.auth;

import dev.weir.core.net.tls.TestCa;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class OsUsersTest {
  @Test
  void namesUsersByNumber() {
    OsUsers users = new OsUsers();

    assertThat(users.name(0)).contains("root");
    assertThat(users.name(1_999_999_777)).isEmpty();
  }

  @Test
  void certificatesStandForTheirNamesExactly(@TempDir Path directory) {
    X509Certificate certificate = TestCa.in(directory, "ca")
        .issue("CN=alice,O=Example", "dns:bob", "dns:*.example.org", "ip:10.0.0.1").certificate();

    assertThat(CertificateNames.matches(certificate, "alice")).isTrue();
    assertThat(CertificateNames.matches(certificate, "bob")).isTrue();
    for (String other : new String[]{"", "Alice", "BOB", "x.example.org", "10.0.0.1", "Example",
      "alice "}) {
      assertThat(CertificateNames.matches(certificate, other)).as(other).isFalse();
    }
  }
}
