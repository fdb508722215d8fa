package dev.weir.pg.auth;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Published vectors, and our client against our server. */
class ScramTest {
  // RFC 7677 section 3
  private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
  private static final String CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_FIRST = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)"
      + "hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  private static final String CLIENT_FINAL = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)"
      + "hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  private final SecureRandom random = new SecureRandom();

  @Test
  void clientFollowsTheRfcsExample() {
    ScramClient client = ScramClient.withNonce("user", CLIENT_NONCE);
    assertThat(text(client.clientFirst())).isEqualTo(CLIENT_FIRST);
    ScramClient.Challenge challenge = (ScramClient.Challenge) client
        .serverFirst(bytes(SERVER_FIRST));
    assertThat(challenge.salt()).isEqualTo(SALT);
    assertThat(challenge.iterations()).isEqualTo(4096);
    ScramKeys keys = ScramKeys.of(ScramClient.saltedPassword("pencil", SALT, 4096));
    assertThat(text(client.clientFinal(keys))).isEqualTo(CLIENT_FINAL);
    assertThat(client.isVerified()).isFalse();
    assertThat(client.serverFinal(bytes(SERVER_FINAL))).isEqualTo(new ScramClient.Verified());
    assertThat(client.isVerified()).isTrue();
  }

  @Test
  void serverFollowsTheRfcsExample() {
    ScramSecret secret = ScramSecret.derive("pencil", SALT, 4096);
    ScramServer server = ScramServer.withNonce(secret, SERVER_NONCE);
    ScramServer.Challenge challenge = (ScramServer.Challenge) server
        .clientFirst(bytes(CLIENT_FIRST));
    assertThat(text(challenge.serverFirst())).isEqualTo(SERVER_FIRST);
    ScramServer.Success success = (ScramServer.Success) server.clientFinal(bytes(CLIENT_FINAL));
    assertThat(text(success.serverFinal())).isEqualTo(SERVER_FINAL);
    assertThat(success.keys())
        .isEqualTo(ScramKeys.of(ScramClient.saltedPassword("pencil", SALT, 4096)));
  }

  /** The first two: RFC 7914 section 11. The others: OpenSSL, through Python's hashlib. */
  @ParameterizedTest
  @CsvSource({"passwd, salt, 1, 55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc",
    "Password, NaCl, 80000, 4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56",
    "'', salt, 2, 62384466264daadc4144018c6bd864648272b34da8980d31521ffcce92ae003b",
    "pässwörd, salt, 1, 4f407a7b53b3a8237cd6e51e69d0c00380bab3b5fee42bc3c1efc31138e7e9ac"})
  void saltedPasswordsAreThoseOfOthers(String password, String salt, int iterations, String hex) {
    assertThat(ScramClient.saltedPassword(password, bytes(salt), iterations))
        .isEqualTo(HexFormat.of().parseHex(hex));
  }

  /** Examples of RFC 4013 section 3: what SASLprep maps to the same, and what it leaves alone. */
  @ParameterizedTest
  @CsvSource({"I\u00ADX, IX, true", "\u2168, IX, true", "\u00AA, a, true", "user, USER, false",
    "a\u00A0b, a b, true"})
  void passwordsAreComparedAfterSaslprep(String one, String other, boolean same) {
    boolean equal = java.util.Arrays.equals(ScramClient.saltedPassword(one, SALT, 1),
        ScramClient.saltedPassword(other, SALT, 1));
    assertThat(equal).isEqualTo(same);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0007", "\u06271", "\uE000", "\u00AD", "\uD800x", "\uDC80", "\u0221"})
  void passwordsThatSaslprepProhibitsAreUsedAsTheyAre(String password) {
    byte[] raw = Password.bytes(password);
    assertThat(ScramClient.saltedPassword(password, SALT, 1)).isEqualTo(Hashes.hi(raw, SALT, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "", "pässwörd Ⅸ", "\uDCE9t\uDCE9"})
  void clientAndServerMeet(String password) {
    ScramSecret secret = ScramSecret.derive(password, 10, random);
    ScramClient client = ScramClient.start(random);
    ScramServer server = ScramServer.of(secret, random);
    ScramServer.Success success = (ScramServer.Success) answer(client, server, password);
    assertThat(client.serverFinal(success.serverFinal())).isEqualTo(new ScramClient.Verified());
    assertThat(success.keys().belongTo(secret)).isTrue();

    // pass-through: what was learnt logs in where the same secret is stored
    ScramClient next = ScramClient.start(random);
    ScramServer backend = ScramServer.of(secret, random);
    next.serverFirst(((ScramServer.Challenge) backend.clientFirst(next.clientFirst()))
        .serverFirst());
    assertThat(backend.clientFinal(next.clientFinal(success.keys())))
        .isInstanceOf(ScramServer.Success.class);
    assertThat(success.keys().belongTo(ScramSecret.derive(password, 10, random))).isFalse();
  }

  @Test
  void theWrongPasswordFails() {
    ScramSecret secret = ScramSecret.derive("right", 10, random);
    assertThat(answer(ScramClient.start(random), ScramServer.of(secret, random), "wrong"))
        .isEqualTo(new ScramFailure("wrong password"));
  }

  @Test
  void aMockExchangeFailsEvenWithTheRightProof() {
    ScramSecret secret = ScramSecret.derive("right", 10, random);
    assertThat(answer(ScramClient.start(random), ScramServer.mock(secret, random), "right"))
        .isInstanceOf(ScramFailure.class);
  }

  @Test
  void aMockSecretIsAlwaysTheSameForANameAndAKey() {
    byte[] key = bytes("key");
    ScramSecret mock = ScramSecret.mock("joe", key, 4096);
    assertThat(mock).isEqualTo(ScramSecret.mock("joe", key, 4096));
    assertThat(mock.salt()).hasSize(16).isNotEqualTo(ScramSecret.mock("jim", key, 4096).salt())
        .isNotEqualTo(ScramSecret.mock("joe", bytes("yek"), 4096).salt());
  }

  @Test
  void messagesOutOfOrderAreABug() {
    ScramServer server = ScramServer.of(ScramSecret.mock("a", new byte[1], 1), random);
    assertThatThrownBy(() -> server.clientFinal(bytes(CLIENT_FINAL)))
        .isInstanceOf(IllegalStateException.class);
    server.clientFirst(bytes("nonsense"));
    assertThatThrownBy(() -> server.clientFirst(bytes(CLIENT_FIRST)))
        .isInstanceOf(IllegalStateException.class);
    ScramClient client = ScramClient.start(random);
    assertThatThrownBy(() -> client.clientFinal(ScramKeys.of(new byte[32])))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> client.serverFinal(bytes(SERVER_FINAL)))
        .isInstanceOf(IllegalStateException.class);
  }

  private static ScramServer.Outcome answer(ScramClient client, ScramServer server,
      String password) {
    ScramServer.Challenge sent = (ScramServer.Challenge) server.clientFirst(client.clientFirst());
    ScramClient.Challenge got = (ScramClient.Challenge) client.serverFirst(sent.serverFirst());
    ScramKeys keys = ScramKeys
        .of(ScramClient.saltedPassword(password, got.salt(), got.iterations()));
    return server.clientFinal(client.clientFinal(keys));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
