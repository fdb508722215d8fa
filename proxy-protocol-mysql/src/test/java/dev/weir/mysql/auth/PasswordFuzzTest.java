package dev.weir.mysql.auth;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever a peer or a file says is right or wrong, and never an exception. */
class PasswordFuzzTest {
  private static final byte[] CHALLENGE = new byte[20];

  @FuzzTest(maxDuration = "60s")
  void anythingIsRightOrWrong(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    assertThat(NativePassword.verify(text, CHALLENGE, input)).isEqualTo(input.length == 0);
    assertThat(NativePassword.verify("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19", CHALLENGE, input))
        .isFalse();
    assertThat(CachingSha2Password.verify(new byte[32], CHALLENGE, input)).isFalse();
    assertThat(Ed25519Password.verify(text, CHALLENGE, Arrays.copyOf(input, 64))).isFalse();
    byte[] clear = ClearPassword.password(input);
    assertThat(clear == null || Arrays.equals(ClearPassword.response(clear), input)).isTrue();
    if (!CachingSha2Password.isStored(input)) { // else up to four million rounds: right, and slow
      assertThat(CachingSha2Password.verifyStored(input, CHALLENGE)).isFalse();
    }
    assertThat(Sha256Password.verifyStored(input, CHALLENGE)).isFalse();
  }

  @FuzzTest(maxDuration = "60s")
  void aKeyIsReadOrRefused(byte[] pem) {
    try {
      assertThat(PasswordCipher.publicKey(pem)).isNotNull();
    } catch (GeneralSecurityException refused) {
      assertThat(refused).isNotNull();
    }
  }
}
