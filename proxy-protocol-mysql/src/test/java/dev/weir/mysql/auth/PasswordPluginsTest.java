package dev.weir.mysql.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Values of other implementations: servers, drivers, glibc's crypt, OpenSSL, RFC 8032. */
class PasswordPluginsTest {
  private static final byte[] CHALLENGE = hex("0a2f4a6f4b492230584c724a250d035052021715");
  private static final String NATIVE_SECRET = "6a149bdd80bda1ebf0fa2bd2cf2e9717fecc34bb";
  private static final String SHA2_SECRET = "f490e76f66d9d86665ce54d98c78d0acfe2fb0b08b423da807144873d30b312c";
  // CREATE USER ... IDENTIFIED BY 'foobar' and 'testpassword123' on MySQL 8
  private static final byte[] STORED_FOOBAR = hex(
      "24412430303524031A69251C34295C4B35167C7F1E5A7B63091349503974624D34504B5A424679354856336868686F"
          + "52485A736E4A733368786E427575516C73446469496537");
  private static final byte[] STORED_TEST = hex(
      "24412430303524393D02673221785B414A4E5F02073711301659116B446B76753345617A4D7530635548526D367874"
          + "6F6B75564835553334346932572E332F704C4856477131");

  @Test
  void nativePasswordAnswersAChallenge() {
    byte[] response = NativePassword.response(text("secret"), CHALLENGE);
    assertThat(response).isEqualTo(hex(NATIVE_SECRET));
    assertThat(NativePassword.response(new byte[0], CHALLENGE)).isEmpty();
    String hash = NativePassword.hash(text("secret"));
    assertThat(NativePassword.verify(hash, CHALLENGE, response)).isTrue();
    assertThat(NativePassword.keyOf(hash, CHALLENGE, response))
        .isEqualTo(NativePassword.key(text("secret")));
  }

  @Test
  void nativePasswordsHashIsAsServersStoreIt() {
    assertThat(NativePassword.hash(text("password")))
        .isEqualTo("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
    assertThat(NativePassword.hash(new byte[0])).isEmpty();
    assertThat(NativePassword.isHash("*2470c0c06dee42fd1618bb99005adca2ec9d1e19")).isTrue();
    assertThat(NativePassword.isHash("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E1X")).isFalse();
    assertThat(NativePassword.isHash("*2470")).isFalse();
  }

  @Test
  void nativePasswordRefusesOtherAnswers() {
    String hash = NativePassword.hash(text("secret"));
    assertThat(NativePassword.verify(hash, CHALLENGE, new byte[0])).isFalse();
    assertThat(NativePassword.verify(hash, CHALLENGE, new byte[20])).isFalse();
    assertThat(NativePassword.verify(hash, CHALLENGE, new byte[21])).isFalse();
    assertThat(NativePassword.verify("", CHALLENGE, new byte[0])).isTrue();
    assertThat(NativePassword.verify("", CHALLENGE, hex(NATIVE_SECRET))).isFalse();
    assertThat(NativePassword.verify("secret", CHALLENGE, hex(NATIVE_SECRET))).isFalse();
    assertThat(NativePassword.verify(hash, new byte[20], hex(NATIVE_SECRET))).isFalse();
  }

  @Test
  void cachingSha2AnswersAChallenge() {
    byte[] response = CachingSha2Password.response(text("secret"), CHALLENGE);
    assertThat(response).isEqualTo(hex(SHA2_SECRET));
    assertThat(CachingSha2Password.response(text("secret2"), CHALLENGE))
        .isEqualTo(hex("abc3934a012cf342e876071c8ee202de51785b430258a7a0138bc79c4d800bc6"));
    assertThat(CachingSha2Password.response(new byte[0], CHALLENGE)).isEmpty();
    byte[] cached = CachingSha2Password.cached(text("secret"));
    assertThat(CachingSha2Password.verify(cached, CHALLENGE, response)).isTrue();
    assertThat(CachingSha2Password.verify(cached, CHALLENGE, new byte[32])).isFalse();
    assertThat(CachingSha2Password.verify(cached, CHALLENGE, new byte[0])).isFalse();
    assertThat(CachingSha2Password.verify(cached, new byte[20], response)).isFalse();
    assertThat(CachingSha2Password.responseOfKey(Objects.requireNonNull(
        CachingSha2Password.keyOf(cached, CHALLENGE, response)), CHALLENGE)).isEqualTo(response);
  }

  @Test
  void cachingSha2KnowsWhatMySqlStores() {
    assertThat(CachingSha2Password.isStored(STORED_FOOBAR)).isTrue();
    assertThat(CachingSha2Password.verifyStored(STORED_FOOBAR, text("foobar"))).isTrue();
    assertThat(CachingSha2Password.verifyStored(STORED_FOOBAR, text("not_foobar"))).isFalse();
    assertThat(CachingSha2Password.verifyStored(STORED_FOOBAR, new byte[0])).isFalse();
    assertThat(CachingSha2Password.verifyStored(STORED_TEST, text("testpassword123"))).isTrue();
    byte[] salt = Arrays.copyOfRange(STORED_FOOBAR, 7, 27);
    assertThat(CachingSha2Password.stored(text("foobar"), salt)).isEqualTo(STORED_FOOBAR);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CachingSha2Password.stored(text("x"), new byte[19]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "$A$005$", "$A$000$", "secret", "$A$00x$", "*2470"})
  void otherTextsAreNotStoredHashes(String stored) {
    assertThat(CachingSha2Password.verifyStored(text(stored), text("x"))).isFalse();
    byte[] padded = Arrays.copyOf(text(stored), 70);
    assertThat(CachingSha2Password.verifyStored(padded, text("x"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"Hello world!, saltstring, 5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
    "secret, 0123456789abcdef, r6nzC5LUC0uVXFw52gWstJ181ms.XFW71j20yui2zG7",
    "'', saltsalt, 09agN5RZ2meWdEdnEusqsq5G7RwwghB8jCKoWWADxW/",
    "'a longer password than thirty-two bytes, so that blocks repeat', ab, "
        + "PQgFETpqtcpdVzy4Nkkf1vdTa67p6ozu9/XIdDZq6V1"})
  void cryptIsAsTheLibrarys(String password, String salt, String expected) {
    assertThat(Sha256Crypt.crypt(text(password), text(salt), 5000)).isEqualTo(expected);
    byte[] stored = text("$5$" + salt + "$" + expected);
    assertThat(Sha256Password.verifyStored(stored, text(password))).isTrue();
    assertThat(Sha256Password.verifyStored(stored, text(password + "x"))).isFalse();
    assertThat(Sha256Password.verifyStored(text("$5$" + salt), text(password))).isFalse();
    assertThat(Sha256Password.verifyStored(text(expected), text(password))).isFalse();
  }

  /** Encrypted by OpenSSL under the key in the resources. */
  @Test
  void aPasswordUnderOurKeyIsRead() throws Exception {
    byte[] encrypted = hex(resource("password.hex"));
    assertThat(PasswordCipher.decrypt(encrypted, CHALLENGE, testKey()))
        .isEqualTo(text("a password longer than twenty bytes"));
    assertThat(PasswordCipher.decrypt(encrypted, new byte[20], testKey())).isNull();
    assertThat(PasswordCipher.decrypt(new byte[256], CHALLENGE, testKey())).isNull();
    assertThat(PasswordCipher.decrypt(new byte[0], CHALLENGE, testKey())).isNull();
    assertThat(PasswordCipher.decrypt(new byte[4], CHALLENGE, testKey())).isNull();
  }

  @Test
  void aPasswordIsWrittenUnderTheServersKey() throws Exception {
    PrivateKey key = testKey();
    RSAPrivateCrtKey rsa = (RSAPrivateCrtKey) key;
    PublicKey open = KeyFactory.getInstance("RSA")
        .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
    assertThat(new String(PasswordCipher.pem(open), StandardCharsets.US_ASCII))
        .isEqualTo(resource("public.pem"));
    PublicKey read = PasswordCipher.publicKey(text(resource("public.pem")));
    byte[] encrypted = PasswordCipher.encrypt(text("secret"), CHALLENGE, read);
    assertThat(PasswordCipher.decrypt(encrypted, CHALLENGE, key)).isEqualTo(text("secret"));
    assertThatExceptionOfType(GeneralSecurityException.class)
        .isThrownBy(() -> PasswordCipher.encrypt(new byte[300], CHALLENGE, read));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "-----BEGIN PUBLIC KEY-----",
    "-----END PUBLIC KEY----------BEGIN PUBLIC KEY-----",
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    "-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----"})
  void whatIsNoKeyIsRefused(String pem) {
    assertThatExceptionOfType(GeneralSecurityException.class)
        .isThrownBy(() -> PasswordCipher.publicKey(text(pem)));
  }

  @Test
  void aClearPasswordEndsWithAZero() {
    assertThat(ClearPassword.response(text("secret"))).isEqualTo(text("secret\0"));
    assertThat(ClearPassword.password(text("secret\0"))).isEqualTo(text("secret"));
    assertThat(ClearPassword.password(text("\0"))).isEmpty();
    assertThat(ClearPassword.password(text("secret"))).isNull();
    assertThat(ClearPassword.password(text("sec\0ret\0"))).isNull();
    assertThat(ClearPassword.password(new byte[0])).isNull();
  }

  /** Of MariaDB's own tests. */
  @ParameterizedTest
  @CsvSource({"foo, vubFBzIrapbfHct1/J72dnUryz5VS7lA6XHH8sIx4TI",
    "foobar, qv2mG6HWCuy32Slb5xhV4THStewNz2VINVPbgk+XAJ8",
    "foo bar, Y5fV74JAVRMOK2cdnUsYS+WW9sXaaL/o+6WGKOgqnzc"})
  void ed25519KeysAreMariaDbs(String password, String key) {
    assertThat(Ed25519Password.stored(text(password))).isEqualTo(key);
    byte[] challenge = hex("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
    byte[] response = Ed25519Password.response(text(password), challenge);
    assertThat(Ed25519Password.verify(key, challenge, response)).isTrue();
    assertThat(Ed25519Password.verify(key, new byte[32], response)).isFalse();
    response[63] ^= 1;
    assertThat(Ed25519Password.verify(key, challenge, response)).isFalse();
  }

  /** RFC 8032 section 7.1, tests 1 and 2: there the password is 32 random bytes. */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60, '', "
        + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
        + "f9b46bd25bf5f0595bbe24655141438e7a100b",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb, 72, "
        + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
        + "f11d8c387b2eaeb4302aeeb00d291612bb0c00"})
  void ed25519SignaturesAreThoseOfTheRfc(String secret, String message, String signature) {
    assertThat(Ed25519Password.response(hex(secret), hex(message))).isEqualTo(hex(signature));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAAA", "not base 64", "vubFBzIrapbfHct1/J72dnUryz5VS7lA6XHH8sIx4T"})
  void whatIsNoEd25519KeyVerifiesNothing(String stored) {
    assertThat(Ed25519Password.verify(stored, new byte[32], new byte[64])).isFalse();
    assertThat(Ed25519Password.verify(stored, new byte[32], new byte[0])).isFalse();
  }

  private static PrivateKey testKey() throws GeneralSecurityException {
    return KeyFactory.getInstance("RSA")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(resource("key.b64"))));
  }

  private static String resource(String name) {
    try (InputStream in = Objects
        .requireNonNull(PasswordPluginsTest.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
