package dev.weir.core.auth;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

/** Against the system's libpam, with service files of our own. */
class PamAuthenticatorTest {
  @TempDir private Path services;

  private LibPam pam;

  PamAuthenticatorTest() {
    pam = loaded();
  }

  private static LibPam loaded() {
    try {
      return LibPam.load("libpam.so.0");
    } catch (IllegalStateException e) {
      return abort(String.valueOf(e.getMessage()));
    }
  }

  @BeforeEach
  void writeServices() throws Exception {
    Path script = Files.writeString(services.resolve("check"), """
        #!/bin/sh
        read -r secret
        test "$PAM_USER/$PAM_RHOST/$secret" = "alice/192.0.2.1/p\u00e4ss w\u00f6rd"
        """);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    service("permit", "auth required pam_permit.so", "account required pam_permit.so");
    service("deny", "auth required pam_deny.so", "account required pam_permit.so");
    service("expired", "auth required pam_permit.so", "account required pam_deny.so");
    service("script", "auth required pam_exec.so expose_authtok quiet " + script,
        "account required pam_permit.so");
    service("broken", "auth required pam_no_such_module.so", "account required pam_permit.so");
  }

  private void service(String name, String... lines) throws Exception {
    Files.writeString(services.resolve(name), String.join("\n", lines) + "\n");
  }

  private PasswordCheck check(String service, String user, String password) throws Exception {
    try (PamAuthenticator authenticator = new PamAuthenticator(pam, service, services.toString())) {
      return authenticator.check(user, password, "192.0.2.1").toCompletableFuture().get(30,
          TimeUnit.SECONDS);
    }
  }

  @Test
  void believesPam() throws Exception {
    assertThat(check("permit", "alice", "x")).isEqualTo(new PasswordCheck.Ok());
    assertThat(check("deny", "alice", "x")).isInstanceOf(PasswordCheck.Rejected.class);
    assertThat(check("expired", "alice", "x")).isNotInstanceOf(PasswordCheck.Ok.class);
    assertThat(check("broken", "alice", "x")).isNotInstanceOf(PasswordCheck.Ok.class);
    assertThat(check("no-such-service", "alice", "x")).isNotInstanceOf(PasswordCheck.Ok.class);
  }

  @Test
  void modulesSeePasswordUserAndHost() throws Exception {
    assertThat(check("script", "alice", "p\u00e4ss w\u00f6rd")).isEqualTo(new PasswordCheck.Ok());
    assertThat(check("script", "alice", "p\u00e4ss w\u00f6rdx"))
        .isNotInstanceOf(PasswordCheck.Ok.class);
    assertThat(check("script", "bob", "p\u00e4ss w\u00f6rd"))
        .isNotInstanceOf(PasswordCheck.Ok.class);
  }

  @Test
  void emptyPasswordsNeverReachPam() throws Exception {
    assertThat(check("permit", "alice", "")).isInstanceOf(PasswordCheck.Rejected.class);
    assertThat(check("permit", "", "x")).isInstanceOf(PasswordCheck.Rejected.class);
    assertThat(check("permit", "alice\0", "x")).isInstanceOf(PasswordCheck.Rejected.class);
  }

  @Test
  void manyChecksLeaveNothingBehind() throws Exception {
    try (
        PamAuthenticator authenticator = new PamAuthenticator(pam, "script", services.toString())) {
      for (int i = 0; i < 20; i++) {
        assertThat(authenticator.check("nobody" + i, "x", "h").toCompletableFuture().get(30,
            TimeUnit.SECONDS))
            .isNotInstanceOf(PasswordCheck.Ok.class);
      }
    }
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> LibPam.load("libno-such-pam.so.0"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("auth_type=pam needs libno-such-pam.so.0");
  }
}
