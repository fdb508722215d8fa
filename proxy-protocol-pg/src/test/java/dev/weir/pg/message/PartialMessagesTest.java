package dev.weir.pg.message;

import dev.weir.pg.WireBytes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.pg.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What reads only the beginning of a message, keeps a body as it is, or depends on its content. */
class PartialMessagesTest {
  private static final String BIND = "'p1' 00 's1' 00 0000 0001 00000003 'abc' 0000";

  @Test
  void bindTellsItsNamesAndWhereTheyAre() {
    Bind.Head head = WireBytes.decode(bytes(BIND), in -> Bind.readHead(in, 0, in.writerIndex()));
    assertThat(head).isEqualTo(new Bind.Head("p1", "s1", 3, 6));
  }

  @Test
  void bindsNamesMayHaveAnyPlaceInABuffer() {
    Bind.Head head = WireBytes.decode(bytes("00 00 00" + BIND),
        in -> Bind.readHead(in, 3, in.writerIndex()));
    assertThat(head).isEqualTo(new Bind.Head("p1", "s1", 6, 9));
  }

  @Test
  void bindsHeadMayNotHaveArrivedYet() {
    for (int to = 0; to < 6; to++) {
      int end = to;
      assertThat(WireBytes.<Integer>decode(bytes(BIND), in -> Bind.headEnd(in, 0, end)))
          .isEqualTo(-1);
      assertThatExceptionOfType(MalformedMessageException.class)
          .isThrownBy(() -> WireBytes.decode(bytes(BIND), in -> Bind.readHead(in, 0, end)));
    }
    assertThat(WireBytes.<Integer>decode(bytes(BIND), in -> Bind.headEnd(in, 0, 6))).isEqualTo(6);
  }

  @Test
  void bindIsRenamedInFrontOfAStreamedRest() {
    byte[] renamed = WireBytes.encode(out -> Bind.encodeHead(out, "p1", "WEIR_7", 13));
    assertThat(renamed).isEqualTo(bytes("'B' 0000001b 'p1' 00 'WEIR_7' 00"));
  }

  @Test
  void bindOfTextsIsWritten() {
    assertThat(WireBytes.encode(Bind.text("", "", List.of("joe"))::encode))
        .isEqualTo(bytes("'B' 00000013 00 00 0000 0001 00000003 'joe' 0000"));
  }

  @Test
  void parseTellsWhereItsNameEnds() {
    byte[] body = bytes("'s1' 00 'SELECT' 00 0000");
    assertThat(WireBytes.<Integer>decode(body, in -> Parse.nameEnd(in, 0, 12))).isEqualTo(3);
    assertThat(WireBytes.<Integer>decode(body, in -> Parse.nameEnd(in, 0, 2))).isEqualTo(-1);
  }

  @Test
  void parseIsRenamedInFrontOfItsRest() {
    byte[] head = WireBytes.encode(out -> Parse.encodeHead(out, "WEIR_7", 11));
    assertThat(head).isEqualTo(bytes("'P' 00000016 'WEIR_7' 00"));
    byte[] whole = bytes("'WEIR_7' 00 'SELECT 1' 00 0000");
    assertThat(head[4]).isEqualTo((byte) (whole.length + 4));
    assertThat(WireBytes.<String>decode(whole, in -> Wire.text(in, 7, 15))).isEqualTo("SELECT 1");
  }

  @Test
  void saslAndCopyKeepTheirBytes() {
    assertThat(WireBytes.decode(bytes("00ff"), SaslResponse::decode))
        .isEqualTo(new SaslResponse(bytes("00ff")));
    assertThat(WireBytes.encode(new SaslResponse(bytes("00ff"))::encode))
        .isEqualTo(bytes("'p' 00000006 00ff"));
    assertThat(WireBytes.decode(bytes("'1' 09 '2' 0a"), CopyData::decode))
        .isEqualTo(new CopyData(bytes("'1' 09 '2' 0a")));
    assertThat(WireBytes.encode(new CopyData(bytes("'1' 0a"))::encode))
        .isEqualTo(bytes("'d' 00000006 '1' 0a"));
    assertThat(WireBytes.decode(bytes("0000000b 'r=x'"), Authentication::decode))
        .isEqualTo(new Authentication.SaslContinue(bytes("'r=x'")));
    assertThat(WireBytes.decode(bytes("0000000c 'v=x'"), Authentication::decode))
        .isEqualTo(new Authentication.SaslFinal(bytes("'v=x'")));
    assertThat(WireBytes.encode(new Authentication.SaslFinal(bytes("'v=x'"))::encode))
        .isEqualTo(bytes("'R' 0000000b 0000000c 'v=x'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000007", "00000009", "00000002 01020304", "00000006 0102", "ffffffff"})
  void anAuthenticationWeDoNotSpeakIsNamed(String body) {
    int code = (int) Long.parseLong(body.substring(0, 8), 16);
    assertThat(WireBytes.decode(bytes(body), Authentication::decode))
        .isEqualTo(new Authentication.Unsupported(code));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "000000", "00000000 00", "00000003 00", "00000005 010203",
    "00000005 0102030405", "0000000a", "0000000a 'X' 00", "0000000a 'X' 00 00 00"})
  void refusesAnAuthenticationOfTheWrongLength(String body) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> WireBytes.decode(bytes(body), Authentication::decode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"04d2162e 00000001 010203", "04d2162f 00000001 01020304"})
  void refusesACancelRequestThatIsNone(String packet) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> WireBytes.decode(bytes(packet), CancelRequest::decode));
  }

  @Test
  void secretsMayHave256Bytes() {
    byte[] secret = new byte[256];
    byte[] body = WireBytes.encode(out -> out.writeInt(7).writeBytes(secret));
    assertThat(WireBytes.decode(body, BackendKeyData::decode))
        .isEqualTo(new BackendKeyData(7, secret));
  }

  @ParameterizedTest
  @ValueSource(strings = {"'Xq' 00", "00 'q' 00"})
  void describeAndCloseKnowStatementsAndPortalsOnly(String body) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> WireBytes.decode(bytes(body), Describe::decode));
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> WireBytes.decode(bytes(body), Close::decode));
  }

  @Test
  void refusesAnUnknownTransactionStatus() {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> WireBytes.decode(bytes("'X'"), ReadyForQuery::decode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ffff", "0001", "0001 fffffffe", "0001 7fffffff", "0002 ffffffff"})
  void refusesARowThatPromisesMoreThanItHolds(String body) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> WireBytes.decode(bytes(body), DataRow::decode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"00030000 7fffffff", "00030000 ffffffff", "00030000 00000002 'a' 00"})
  void refusesImpossibleNumbersOfOptions(String body) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> WireBytes.decode(bytes(body), NegotiateProtocolVersion::decode));
  }

  @Test
  void secretsAreNotPrinted() {
    assertThat(new PasswordMessage("hunter2").toString()).doesNotContain("hunter2");
    assertThat(new BackendKeyData(1, bytes("0a0b0c0d")).toString()).contains("***");
    assertThat(new SaslResponse(bytes("'n,,n='")).toString()).isEqualTo("SaslResponse[5 bytes]");
  }
}
