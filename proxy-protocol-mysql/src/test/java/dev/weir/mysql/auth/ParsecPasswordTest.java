package dev.weir.mysql.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ParsecPasswordTest {
  private static final byte[] CHALLENGE = "0123456789abcdef0123456789abcdef"
      .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OWN = "fedcba9876543210fedcba9876543210"
      .getBytes(StandardCharsets.US_ASCII);

  /**
   * PBKDF2 of another implementation (Python's hashlib: 'pwd', salt of 18 bytes 01 to 12, 2048 iterations), and its public
   * key of OpenSSL's.
   */
  private static final String DERIVATION = "5001" + "0102030405060708090a0b0c0d0e0f101112";
  private static final String PUBLIC_KEY = "e780a89fb9c21eb31765739ed2ec8829dce7f9c01890a9f5787a8d44145cf622";

  @Test
  void theSignatureIsOfBothChallengesByTheDerivedKey() throws Exception {
    byte[] answer = ParsecPassword.response("pwd".getBytes(StandardCharsets.UTF_8), CHALLENGE,
        HexFormat.of().parseHex(DERIVATION), OWN);
    assertThat(answer).hasSize(96).startsWith(OWN);
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(
        new X509EncodedKeySpec(HexFormat.of().parseHex("302a300506032b6570032100" + PUBLIC_KEY))));
    signature.update(CHALLENGE);
    signature.update(OWN);
    assertThat(signature.verify(Arrays.copyOfRange(answer, 32, 96))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "50", "5000", "510001020304", "500b01020304", "50ff01020304"})
  void whatIsNoDerivationIsRefused(String derivation) {
    assertThatExceptionOfType(GeneralSecurityException.class).isThrownBy(() -> ParsecPassword
        .response(new byte[]{'a'}, CHALLENGE, HexFormat.of().parseHex(derivation), OWN))
        .withMessageContaining("parsec");
  }

  @Test
  void aChallengeOfAnotherLengthIsRefused() {
    assertThatExceptionOfType(GeneralSecurityException.class).isThrownBy(() -> ParsecPassword
        .response(new byte[]{'a'}, Arrays.copyOf(CHALLENGE, 31),
            HexFormat.of().parseHex(DERIVATION), OWN))
        .withMessageContaining("challenge");
  }

  // --- dialog ---

  @Test
  void aPasswordThatIsAskedForIsToldWithAZeroBehindIt() throws Exception {
    byte[] password = "pwd".getBytes(StandardCharsets.UTF_8);
    for (String question : new String[]{"\u0004Password: ", "\u0005Password: ", "\u0004"}) {
      assertThat(Dialog.response(question.getBytes(StandardCharsets.UTF_8), password))
          .isEqualTo(new byte[]{'p', 'w', 'd', 0});
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\u0002Name? ", "\u0003Name? ", "\u0006?", "Password: "})
  void otherQuestionsAreNotAnswered(String question) {
    assertThatExceptionOfType(GeneralSecurityException.class).isThrownBy(
        () -> Dialog.response(question.getBytes(StandardCharsets.UTF_8), new byte[]{'a'}))
        .withMessageContaining("more than the password");
  }
}
