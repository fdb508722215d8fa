package dev.weir.mysql.packet;

import dev.weir.mysql.WireBytes;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.mysql.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What clients and servers really send in a login, and what nobody may. */
class LoginPacketsTest {
  private static final String ZEROS = "0000000000000000000000000000000000000000000000";

  @Test
  void aMariaDbIsKnownByItsCapabilitiesOrItsVersion() {
    HandshakeV10 old = new HandshakeV10("5.5.5-10.6.20-MariaDB", 1, Capabilities.PROTOCOL_41
        | Capabilities.MYSQL, 8, 2, ByteString.of("abcdefghijklmnopqrst"), "");
    assertThat(old.isMariaDb()).isTrue();
    assertThat(old.version()).isEqualTo("10.6.20-MariaDB");
  }

  @Test
  void extendedCapabilitiesOfAMySqlAreNotRead() {
    HandshakeV10 greeting = WireBytes.decode(bytes("0a '8.0.40' 00 01000000 'abcdefgh' 00 0182 08"
        + "0200 0800 15 000000000000 ffffffff 'ijklmnopqrst' 00 'x' 00"), HandshakeV10::decode);
    assertThat(greeting.capabilities()).isEqualTo(0x88201L);
    assertThat(greeting.isMariaDb()).isFalse();
  }

  @Test
  void aPluginsNameMayEndWithTheGreeting() {
    HandshakeV10 greeting = WireBytes.decode(bytes("0a '5.5.8' 00 01000000 'abcdefgh' 00 0182 08"
        + "0200 0800 15 00000000000000000000 'ijklmnopqrst' 00 'native'"), HandshakeV10::decode);
    assertThat(greeting.plugin()).isEqualTo("native");
  }

  @ParameterizedTest
  @ValueSource(strings = {"09 '3.23' 00 01000000 'abcdefgh' 00", "ff", "0a '8' 00", "0a '8'"})
  void otherGreetingsAreRefused(String payload) {
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> WireBytes.decode(bytes(payload), HandshakeV10::decode));
  }

  @Test
  void aClientFromBefore41IsTold() {
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> WireBytes.decode(bytes("8524 00ffff 'root' 00 'hash'"),
            HandshakeResponse41::decode))
        .withMessageContaining("older than MySQL 4.1");
  }

  @Test
  void fieldsAtTheEndMayBeMissing() {
    HandshakeResponse41 response = WireBytes.decode(
        bytes("08a23f01 00000001 2d" + ZEROS + "'app' 00 00"), HandshakeResponse41::decode);
    assertThat(response.database()).isNull();
    assertThat(response.plugin()).isNull();
    assertThat(response.attributes()).isEmpty();
  }

  @Test
  void aPasswordMayHaveTheFormOfBefore50() {
    HandshakeResponse41 response = WireBytes.decode(
        bytes("08020000 00000001 2d" + ZEROS + "'app' 00 'clear' 00 'db' 00"),
        HandshakeResponse41::decode);
    assertThat(response.authResponse()).isEqualTo(ByteString.of("clear"));
    assertThat(response.database()).isEqualTo("db");
    assertThat(WireBytes.encode(out -> response.encode(out, 0)))
        .isEqualTo(bytes("08020000 00000001 2d" + ZEROS + "'app' 00 'clear' 00 'db' 00"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"05 04 '_pid'", "06 04 '_pid' 05", "ff", "fd010001",
    "fe ffffffffffffffff", "07 04 '_pid' 02 '1'"})
  void attributesThatDoNotFitAreRefused(String attributes) {
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> WireBytes.decode(
            bytes("00821000 00000001 2d" + ZEROS + "'app' 00 00" + attributes),
            HandshakeResponse41::decode));
  }

  @Test
  void aTlsRequestIsToldFromAResponse() {
    byte[] request = bytes("000a0000 00000001 2d" + ZEROS);
    assertThat(WireBytes.<Boolean>decode(request, SslRequest::is)).isTrue();
    assertThat(WireBytes.<Boolean>decode(bytes("00020000 00000001 2d" + ZEROS), SslRequest::is))
        .isFalse();
    assertThat(WireBytes.<Boolean>decode(bytes("000a0000 00000001 2d" + ZEROS + "00"),
        SslRequest::is)).isFalse();
    assertThat(new HandshakeResponse41(0x200, 1 << 24, 45, "u", ByteString.EMPTY, null, null,
        Map.of(), 0).sslRequest()).isEqualTo(WireBytes.decode(request, SslRequest::decode));
  }

  @Test
  void aSwitchWithoutPluginAsksForTheOldestHash() {
    assertThat(WireBytes.decode(bytes("fe"), AuthSwitchRequest::decode).plugin())
        .isEqualTo("mysql_old_password");
  }

  @Test
  void theTextOfAQueryIsFoundBehindItsAttributes() {
    byte[] query = bytes("03 01 01 00 01 fe00 01 'k' 03 'val' 'select 1'");
    long attributes = Capabilities.QUERY_ATTRIBUTES;
    assertThat(WireBytes.<Integer>decode(query,
        in -> ComQuery.textStart(in, 0, in.writerIndex(), attributes))).isEqualTo(13);
    assertThat(WireBytes.<Integer>decode(bytes("03 00 01 'select 1'"),
        in -> ComQuery.textStart(in, 0, in.writerIndex(), attributes))).isEqualTo(3);
    assertThat(WireBytes.<Integer>decode(bytes("03 'select 1'"),
        in -> ComQuery.textStart(in, 0, in.writerIndex(), 0))).isEqualTo(1);
  }
}
