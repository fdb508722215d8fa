package dev.weir.core.pg;

import dev.weir.core.pg.PgSession.State;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.weir.core.pg.PocketPostgres.message;
import static dev.weir.core.pg.PocketPostgres.text;
import static org.assertj.core.api.Assertions.assertThat;

/** An HBA rule that leaves the password to a directory, for users that no file names. */
class HbaLdapTest {
  private static final class Directory implements ExternalAuth {
    @Override
    public boolean ldap(String options, String user, String password) {
      return options.contains("ldapserver=here") && user.equals("user")
          && password.equals("right");
    }

    @Override
    public boolean pam(String user, String password, String remoteHost) {
      return false;
    }
  }

  @TempDir Path folder;

  private static byte[] startup() {
    byte[] parameters = "user\0user\0database\0db\0\0".getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(8 + parameters.length).putInt(8 + parameters.length)
        .putInt(3 << 16).put(parameters).array();
  }

  private State stateAfter(String password) throws Exception {
    Path hba = Files.writeString(folder.resolve("hba"), "host all all all ldap ldapserver=here\n");
    Path users = Files.writeString(folder.resolve("users"), "\"other\" \"secret\"\n");
    try (RelayBench bench = RelayBench.with(
        "auth_type=hba\nauth_hba_file=" + hba + "\nauth_file=" + users + "\nauth_user=other",
        new Directory())) {
      FakeLink link = new FakeLink(bench.worker());
      PgSession session = bench.on(() -> {
        bench.server(new FakeLink(bench.worker()));
        return bench.stranger(link);
      });
      bench.on(() -> {
        link.arrive(startup());
        return true;
      });
      assertThat(bench.on(link::take)).as("asks for the password in clear text")
          .startsWith('R', 0, 0, 0, 8, 0, 0, 0, 3);
      bench.on(() -> {
        link.arrive(message('p', text(password)));
        return true;
      });
      return bench.on(session::state); // one turn later: the directory's answer has come back
    }
  }

  @Test
  void theDirectoryKnowsTheUser() throws Exception {
    assertThat(stateAfter("right")).isEqualTo(State.IDLE);
  }

  @Test
  void theDirectoryRefusesAWrongPassword() throws Exception {
    assertThat(stateAfter("wrong")).isEqualTo(State.CLOSED);
  }
}
