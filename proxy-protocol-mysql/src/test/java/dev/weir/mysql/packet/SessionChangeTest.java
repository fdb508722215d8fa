package dev.weir.mysql.packet;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.mysql.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SessionChangeTest {
  @Test
  void everyKindIsRead() {
    assertThat(changes("01 05 04 'test'" + "02 02 01 '1'"
        + "00 0f 0a 'autocommit' 03 'OFF'" + "03 08 00 06 'u:1-42'"
        + "04 12 11 'START TRANSACTION'" + "05 09 08 'T_______'" + "63 02 0102"))
        .containsExactly(new SessionChange.Schema("test"), new SessionChange.StateChange(true),
            new SessionChange.SystemVariable("autocommit", "OFF"),
            new SessionChange.Gtids("u:1-42"),
            new SessionChange.TransactionCharacteristics("START TRANSACTION"),
            new SessionChange.TransactionState("T_______"),
            new SessionChange.Unknown(0x63, ByteString.of(bytes("0102"))));
  }

  @Test
  void mariaDbPutsSeveralVariablesIntoOne() {
    assertThat(changes("00 0c 01 'a' 01 '1' 02 'bb' 04 'long'")).containsExactly(
        new SessionChange.SystemVariable("a", "1"), new SessionChange.SystemVariable("bb", "long"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"01", "01 05", "01 05 04 'tes'", "01 05 05 'test'", "01 06 04 'testx'",
    "00 02 01 'a'", "00 00", "03 00", "01 fe ffffffffffffffff 04 'test'", "01 fb", "01 ff"})
  void whatIsCutOrLiesAboutItsLengthIsRefused(String state) {
    assertThatExceptionOfType(MalformedPacketException.class).isThrownBy(() -> changes(state));
  }

  private static List<SessionChange> changes(String notation) {
    return SessionChange.decodeAll(ByteString.of(bytes(notation)));
  }
}
