package dev.weir.core.mysql;

import dev.weir.core.config.mysql.UserRow;
import dev.weir.core.control.ControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class UserAttributesTest {
  private static UserRow row(String attributes) {
    return new UserRow("ann", "secret", true, false, 0, null, false, true, false, true, true, 10,
        attributes, "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "{}"})
  void mayBeEmpty(String attributes) {
    assertThat(UserAttributes.of(row(attributes))).isEqualTo(UserAttributes.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"READ COMMITTED", "READ-COMMITTED", "read committed"})
  void theLevelIsWrittenAsServersWriteIt(String level) {
    UserAttributes read = UserAttributes
        .of(row("{\"default-transaction_isolation\": \"" + level + "\"}"));
    assertThat(read.isolation()).isEqualTo("READ-COMMITTED");
    assertThat(read.begin(SessionVariables.NONE).get("transaction_isolation"))
        .isEqualTo("READ-COMMITTED");
  }

  @Test
  void keysOfTheOperatorsOwnAreNamed() {
    assertThat(UserAttributes.of(row("{\"team\": \"billing\"}")).unknown())
        .containsExactly("team");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"default-transaction_isolation\": \"SNAPSHOT\"}",
    "{\"default-transaction_isolation\": 3}", "{\"default-transaction_isolation\": null}",
    "{\"spiffe_id\": \"spiffe://a/b\"}", "{\"require_x509\": false}", "[]", "\"text\"", "{",
    "{\"a\": }", "nonsense"})
  void whatCannotBeObeyedIsRefusedWithTheName(String attributes) {
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> UserAttributes.of(row(attributes)))
        .withMessageStartingWith("mysql_users ann: attributes: ");
  }
}
