package dev.weir.pg.auth;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class StoredSecretTest {
  private static final String MD5_OF_JOE = "md5c59ec932d911ffdf487595b5a2adf973"; // PostgreSQL 15

  /** Secrets made by PostgreSQL 15. */
  @ParameterizedTest
  @CsvSource({
    "pencil, SCRAM-SHA-256$4096:DsQcuXTVFk0jQnQWcpHvQg==$MzubsveN/pHDJdMqxljuIMuuAxUy9IcfSTyEhqwQQSo=:z17iEXGqjeISLuFYTH7jMKo9IyZJpG7jlkvvsoLUI+w=",
    "pässwörd Ⅸ, SCRAM-SHA-256$4096:icckm4PfP6Mz7AMU+n0uAA==$su8Wn5tqi6F/oE+DhITskg1M2/uSy3pHisXJ0IZBCd8=:MYoNMU94nbmz/qrCBlln4QzemvD8esyAG2Kg1HlNAzI=",
    "I\u00ADX, SCRAM-SHA-256$4096:hxawLZfh6VvQ6rFbcncisw==$W2NkrSprDEb0wSsD7vTxJykDnDHKGxuK3j8CB0HssCA=:0Rq9Y4auHZMl7C6stZc0RSATEN9SOekNEg5TrRd3NO0="})
  void readsScramSecretsOfPostgres(String password, String stored) {
    StoredSecret secret = StoredSecret.parse(stored);
    assertThat(secret).isInstanceOfSatisfying(StoredSecret.Scram.class,
        scram -> assertThat(scram.secret().format()).isEqualTo(stored));
    assertThat(secret.matches("anybody", password)).isTrue();
    assertThat(secret.matches("anybody", password + "x")).isFalse();
    assertThat(secret.matches("anybody", "")).isFalse();
  }

  @Test
  void readsMd5SecretsOfPostgres() {
    StoredSecret secret = StoredSecret.parse(MD5_OF_JOE);
    assertThat(secret).isEqualTo(new StoredSecret.Md5(MD5_OF_JOE));
    assertThat(secret.matches("joe", "secret")).isTrue();
    assertThat(secret.matches("jim", "secret")).isFalse();
    assertThat(secret.matches("joe", "Secret")).isFalse();
    assertThat(secret.matches("joe", MD5_OF_JOE)).isFalse();
  }

  @Test
  void readsPasswordsInClear() {
    StoredSecret secret = StoredSecret.parse("secret");
    assertThat(secret.matches("joe", "secret")).isTrue();
    assertThat(secret.matches("joe", "secre")).isFalse();
    assertThat(secret.matches("joe", "")).isFalse();
  }

  @Test
  void nobodyLogsInWithTheEmptySecret() {
    assertThat(StoredSecret.parse("").isEmpty()).isTrue();
    assertThat(StoredSecret.parse("").matches("joe", "")).isFalse();
    assertThat(StoredSecret.parse("x").isEmpty()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"md5", "md5C59EC932D911FFDF487595B5A2ADF973",
    "md5c59ec932d911ffdf487595b5a2adf97", "md5c59ec932d911ffdf487595b5a2adf9733",
    "md5g59ec932d911ffdf487595b5a2adf973", "SCRAM-SHA-256", "SCRAM-SHA-256$1:AA==$AA==:AA==",
    "SCRAM-SHA-256$0:DsQcuXTVFk0jQnQWcpHvQg==$MzubsveN/pHDJdMqxljuIMuuAxUy9IcfSTyEhqwQQSo=:z17iEXGqjeISLuFYTH7jMKo9IyZJpG7jlkvvsoLUI+w=",
    "SCRAM-SHA-256$9999999999:DsQcuXTVFk0jQnQWcpHvQg==$MzubsveN/pHDJdMqxljuIMuuAxUy9IcfSTyEhqwQQSo=:z17iEXGqjeISLuFYTH7jMKo9IyZJpG7jlkvvsoLUI+w=",
    "SCRAM-SHA-1$4096:DsQcuXTVFk0jQnQWcpHvQg==$MzubsveN/pHDJdMqxljuIMuuAxUy9IcfSTyEhqwQQSo=:z17iEXGqjeISLuFYTH7jMKo9IyZJpG7jlkvvsoLUI+w=",
    "SCRAM-SHA-256$4096:DsQcuXTVFk0jQnQWcpHvQg==$MzubsveN/pHDJdMqxljuIMuuAxUy9IcfSTyEhqwQQSo=:z17iEXGqjeISLuFYTH7jMKo9IyZJpG7jlkvvsoLUI+w=:x"})
  void whatOnlyLooksLikeAHashIsAPassword(String text) {
    assertThat(StoredSecret.parse(text)).isEqualTo(new StoredSecret.Plain(text));
  }

  @Test
  void derivedSecretsHaveTheirOwnSaltAndAreReadBack() {
    SecureRandom random = new SecureRandom();
    ScramSecret one = ScramSecret.derive("p", 7, random);
    ScramSecret two = ScramSecret.derive("p", 7, random);
    assertThat(one.salt()).hasSize(16).isNotEqualTo(two.salt());
    assertThat(ScramSecret.parse(one.format())).isEqualTo(one);
    assertThat(one.matches("p")).isTrue();
    assertThat(one.matches("q")).isFalse();
  }

  @Test
  void answersAnMd5Challenge() {
    byte[] salt = {1, 2, 3, 4};
    String secret = Md5Password.hash("joe", "secret");
    assertThat(secret).isEqualTo(MD5_OF_JOE);
    String response = "md5850be429f1fe77df3f603ac424abb440"; // by Python's hashlib
    assertThat(Md5Password.response(secret, salt)).isEqualTo(response);
    assertThat(Md5Password.verify(secret, salt, response)).isTrue();
    assertThat(Md5Password.verify(secret, new byte[]{1, 2, 3, 5}, response)).isFalse();
    assertThat(Md5Password.verify(secret, salt, "")).isFalse();
    assertThat(Md5Password.verify(secret, salt, secret)).isFalse();
  }

  /** A lone surrogate stands for a byte that is not UTF-8, here the é of LATIN1. */
  @Test
  void passwordsNeedNotBeUtf8() {
    assertThat(Md5Password.hash("joe", "caf\uDCE9"))
        .isEqualTo("md50e385f5ceecb54967b4fe6af344f9b97");
  }

  @Test
  void secretsAreNotPrinted() {
    for (String text : new String[]{"hunter2", MD5_OF_JOE,
      ScramSecret.derive("hunter2", new byte[]{1}, 1).format()}) {
      StoredSecret secret = StoredSecret.parse(text);
      assertThat(secret.toString()).doesNotContain("hunter2")
          .doesNotContain(text.substring(20 % text.length()));
    }
  }
}
