package dev.weir.mysql.packet;

import dev.weir.mysql.WireBytes;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.weir.mysql.WireBytes.bytes;
import static dev.weir.mysql.WireBytes.cut;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Payloads as the documentation and captures of a MariaDB 11.4 have them, and the records they are. */
class GoldenPacketsTest {
  private static final long CLASSIC = Capabilities.PROTOCOL_41 | Capabilities.SECURE_CONNECTION
      | Capabilities.PLUGIN_AUTH | Capabilities.MYSQL;
  private static final long TRACK = CLASSIC | Capabilities.SESSION_TRACK;
  private static final long ATTRIBUTES = CLASSIC | Capabilities.QUERY_ATTRIBUTES;
  private static final long MARIADB = (CLASSIC & ~Capabilities.MYSQL)
      | Capabilities.MARIADB_CACHE_METADATA | Capabilities.MARIADB_EXTENDED_METADATA;
  private static final ByteString CHALLENGE = ByteString.of("abcdefghijklmnopqrst");
  private static final ByteString HASH = ByteString.of("ABCDEFGHIJKLMNOPQRST");

  /** These end where the packet ends: any length is right, or fields at the end may be missing. */
  private static final List<Class<?>> OPEN = List.of(HandshakeResponse41.class, HandshakeV10.class,
      Err.class, Ok.class, AuthMoreData.class, AuthSwitchRequest.class, AuthResponse.class,
      LocalInfileRequest.class, ComInitDb.class, ComQuery.class, ComStmtPrepare.class,
      ComStmtSendLongData.class, ComStmtExecute.class, ComStmtBulkExecute.class,
      ComChangeUser.class, ComFieldList.class, ComSimple.class, ColumnDefinition41.class);

  private static final List<Golden<? extends Packet>> SERVER = List.of(
      golden("0a '11.4.5-MariaDB' 00 04000000 'enx2./?0' 00 fef7 08 0200 ff81 15 000000000000"
          + "1d000000 'srbtD2mO&kjS' 00 'mysql_native_password' 00", CLASSIC,
          new HandshakeV10("11.4.5-MariaDB", 4, 0x1d81fff7feL, 8, 2,
              ByteString.of("enx2./?0srbtD2mO&kjS"), "mysql_native_password"),
          HandshakeV10::decode),
      golden("0a '8.4.3' 00 0b000000 'abcdefgh' 00 ffff ff 0200 ffdf 15 00000000000000000000"
          + "'ijklmnopqrst' 00 'caching_sha2_password' 00", CLASSIC,
          new HandshakeV10("8.4.3", 11, 0xdfffffffL, 255, 2, CHALLENGE, "caching_sha2_password"),
          HandshakeV10::decode),
      golden("fe 'caching_sha2_password' 00 'abcdefghijklmnopqrst' 00", CLASSIC,
          new AuthSwitchRequest("caching_sha2_password", CHALLENGE), AuthSwitchRequest::decode),
      golden("01 04", CLASSIC, new AuthMoreData(ByteString.of(bytes("04"))), AuthMoreData::decode),
      golden("00 00 00 0200 0000", CLASSIC, Ok.of(2), in -> Ok.decode(in, CLASSIC)),
      golden("00 03 01 0200 0000 0a 'Records: 3'", CLASSIC,
          new Ok(false, 3, 1, 2, 0, ByteString.of("Records: 3"), ByteString.EMPTY),
          in -> Ok.decode(in, CLASSIC)),
      golden("00 00 00 0240 0000 00 07 01 05 04 'test'", TRACK,
          new Ok(false, 0, 0, 0x4002, 0, ByteString.EMPTY,
              ByteString.of(bytes("01 05 04 'test'"))),
          in -> Ok.decode(in, TRACK)),
      golden("00 fcfb00 fe ffffffffffffffff 0200 0100 02 'hi'", TRACK,
          new Ok(false, 251, -1, 2, 1, ByteString.of("hi"), ByteString.EMPTY),
          in -> Ok.decode(in, TRACK)),
      golden("fe 00 00 2200 0000", TRACK, Ok.endOfRows(0x22, 0), in -> Ok.decode(in, TRACK)),
      golden("ff 1e04 '#42S22' 'Unknown column'", CLASSIC,
          new Err(1054, "42S22", "Unknown column"), Err::decode),
      golden("ff 1004 'Too many connections'", CLASSIC,
          new Err(1040, null, "Too many connections"), Err::decode),
      golden("ff ffff 01 02 02 000000 0f 'End bulk insert'", MARIADB,
          new Progress(2, 2, 0, "End bulk insert"), Progress::decode),
      golden("fe 0100 2200", CLASSIC, new Eof(1, 0x22), Eof::decode),
      golden("03", CLASSIC, new ColumnCount(3, true), in -> ColumnCount.decode(in, CLASSIC)),
      golden("fc 0010 00", MARIADB, new ColumnCount(4096, false),
          in -> ColumnCount.decode(in, MARIADB)),
      golden("03 'def' 04 'test' 01 't' 01 't' 02 'id' 02 'id' 0c 3f00 0b000000 03 0342 00 0000",
          CLASSIC,
          new ColumnDefinition41("def", "test", "t", "t", "id", "id", ByteString.EMPTY, 63, 11, 3,
              0x4203, 0, null),
          in -> ColumnDefinition41.decode(in, CLASSIC)),
      golden("03 'def' 00 00 00 01 'j' 00 06 01 04 'json' 0c 2d00 ffffffff fc 0000 1f 0000",
          MARIADB,
          new ColumnDefinition41("def", "", "", "", "j", "", ByteString.of(bytes("01 04 'json'")),
              45, 0xffffffffL, FieldType.BLOB, 0, 31, null),
          in -> ColumnDefinition41.decode(in, MARIADB)),
      golden("00 05000000 0100 0200 00 0000", CLASSIC, new StmtPrepareOk(5, 1, 2, 0),
          StmtPrepareOk::decode),
      golden("fb '/x'", CLASSIC, new LocalInfileRequest("/x"), LocalInfileRequest::decode));

  private static final List<Golden<? extends Packet>> CLIENT = List.of(
      golden("85a23f01 00000040 2d 00000000000000000000000000000000000000 00000000 'app' 00"
          + "14 'ABCDEFGHIJKLMNOPQRST' 'mysql_native_password' 00 0b 04 '_pid' 05 '12345'", CLASSIC,
          new HandshakeResponse41(0x013fa285L, 1L << 30, 45, "app", HASH, null,
              "mysql_native_password", Map.of("_pid", "12345"), 0),
          HandshakeResponse41::decode),
      golden("8ca28f01 00000001 2d 00000000000000000000000000000000000000 35000000 'app' 00"
          + "14 'ABCDEFGHIJKLMNOPQRST' 'test' 00 'mysql_native_password' 00", CLASSIC,
          new HandshakeResponse41(0x35018fa28cL, 1 << 24, 45, "app", HASH, "test",
              "mysql_native_password", Map.of(), 0),
          HandshakeResponse41::decode),
      golden("00820804 00000001 ff 0000000000000000000000000000000000000000000000 'r' 00 00"
          + "'caching_sha2_password' 00 03", CLASSIC,
          new HandshakeResponse41(0x04088200L, 1 << 24, 255, "r", ByteString.EMPTY, null,
              "caching_sha2_password", Map.of(), 3),
          HandshakeResponse41::decode),
      golden("85ae3f01 00000040 2d 0000000000000000000000000000000000000000000000", CLASSIC,
          new SslRequest(0x013fae85L, 1L << 30, 45), SslRequest::decode),
      golden("'ABCDEFGHIJKLMNOPQRST'", CLASSIC, new AuthResponse(HASH), AuthResponse::decode),
      golden("0e", CLASSIC, new ComSimple(Command.PING), ComSimple::decode),
      golden("1f", CLASSIC, new ComSimple(Command.RESET_CONNECTION), ComSimple::decode),
      golden("02 'test'", CLASSIC, new ComInitDb("test"), ComInitDb::decode),
      golden("03 'select 1'", CLASSIC, ComQuery.of("select 1"),
          in -> ComQuery.decode(in, CLASSIC)),
      golden("03 00 01 'select 1'", ATTRIBUTES, ComQuery.of("select 1"),
          in -> ComQuery.decode(in, ATTRIBUTES)),
      golden("03 02 01 02 01 fe00 01 'k' 0880 00 03 'val' 'select 1'", ATTRIBUTES,
          new ComQuery(
              List.of(
                  new QueryAttribute(new ParameterType(FieldType.STRING, false, "k"),
                      ByteString.of(bytes("03 'val'"))),
                  new QueryAttribute(new ParameterType(FieldType.LONGLONG, true, ""), null)),
              ByteString.of("select 1")),
          in -> ComQuery.decode(in, ATTRIBUTES)),
      golden("04 't' 00 '%'", CLASSIC, new ComFieldList("t", "%"), ComFieldList::decode),
      golden("0c 9f860100", CLASSIC, new ComProcessKill(99999), ComProcessKill::decode),
      golden("1b 0100", CLASSIC, new ComSetOption(1), ComSetOption::decode),
      golden("11 'app' 00 14 'ABCDEFGHIJKLMNOPQRST' 'test' 00 ff00 'mysql_native_password' 00",
          CLASSIC, new ComChangeUser("app", HASH, "test", 255, "mysql_native_password", Map.of()),
          in -> ComChangeUser.decode(in, CLASSIC)),
      golden("16 'select ?'", CLASSIC, new ComStmtPrepare(ByteString.of("select ?")),
          ComStmtPrepare::decode),
      golden("17 05000000 00 01000000 00 01 0800 0000000000000000", CLASSIC,
          new ComStmtExecute(5, 0, 1, ByteString.of(bytes("00")),
              List.of(new ParameterType(FieldType.LONGLONG, false, null)),
              ByteString.of(bytes("0000000000000000"))),
          in -> ComStmtExecute.decode(in, 1, CLASSIC)),
      golden("17 05000000 01 01000000 02 00 01 'x'", CLASSIC,
          new ComStmtExecute(5, 1, 1, ByteString.of(bytes("02")), null,
              ByteString.of(bytes("01 'x'"))),
          in -> ComStmtExecute.decode(in, 2, CLASSIC)),
      golden("17 05000000 00 01000000", CLASSIC,
          new ComStmtExecute(5, 0, 1, ByteString.EMPTY, null, ByteString.EMPTY),
          in -> ComStmtExecute.decode(in, 0, CLASSIC)),
      golden("17 05000000 08 01000000 01 00 01 0300 01 'a' 07000000", ATTRIBUTES,
          new ComStmtExecute(5, 8, 1, ByteString.of(bytes("00")),
              List.of(new ParameterType(FieldType.LONG, false, "a")),
              ByteString.of(bytes("07000000"))),
          in -> ComStmtExecute.decode(in, 0, ATTRIBUTES)),
      golden("18 05000000 0100 'blob'", CLASSIC,
          new ComStmtSendLongData(5, 1, ByteString.of("blob")), ComStmtSendLongData::decode),
      golden("19 05000000", CLASSIC, new ComStmtClose(5), ComStmtClose::decode),
      golden("1a 05000000", CLASSIC, new ComStmtReset(5), ComStmtReset::decode),
      golden("1c 05000000 02000000", CLASSIC, new ComStmtFetch(5, 2), ComStmtFetch::decode),
      golden("fa 19000000 8000 fd00 00 02 'ab' 01 00 01 'c'", MARIADB,
          new ComStmtBulkExecute(0x19, 128,
              List.of(new ParameterType(FieldType.VAR_STRING, false, null)),
              ByteString.of(bytes("00 02 'ab' 01 00 01 'c'"))),
          in -> ComStmtBulkExecute.decode(in, 1)));

  static Stream<Golden<? extends Packet>> packets() {
    return Stream.concat(SERVER.stream(), CLIENT.stream());
  }

  @ParameterizedTest
  @MethodSource("packets")
  void isReadBack(Golden<?> golden) {
    assertThat(golden.decode(golden.payload())).isEqualTo(golden.packet)
        .hasSameHashCodeAs(golden.packet);
  }

  @ParameterizedTest
  @MethodSource("packets")
  void isWritten(Golden<?> golden) {
    assertThat(WireBytes.encode(out -> golden.packet.encode(out, golden.capabilities)))
        .isEqualTo(golden.payload());
  }

  @ParameterizedTest
  @MethodSource("packets")
  void aCutPayloadIsRefusedOrAnotherPacket(Golden<?> golden) {
    byte[] payload = golden.payload();
    boolean open = OPEN.contains(golden.packet.getClass());
    // a zero that ends the packet as well as its last text may be missing
    int most = open && payload[payload.length - 1] == 0 ? payload.length - 1 : payload.length;
    for (int length = 0; length < most; length++) {
      byte[] part = cut(payload, length);
      if (open) { // must not read what is not there; that it is malformed only it can know
        assertThat(WireBytes.decodeOrNull(part, golden.decoder)).isNotEqualTo(golden.packet);
      } else {
        assertThatExceptionOfType(MalformedPacketException.class)
            .as("first %d of %d bytes", length, payload.length)
            .isThrownBy(() -> golden.decode(part));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("packets")
  void anOverlongPayloadIsRefused(Golden<?> golden) {
    if (!OPEN.contains(golden.packet.getClass())) {
      byte[] longer = cut(golden.payload(), golden.payload().length + 1);
      assertThatExceptionOfType(MalformedPacketException.class)
          .isThrownBy(() -> golden.decode(longer));
    }
  }

  private static <T extends Packet> Golden<T> golden(String notation, long capabilities, T packet,
      Function<ByteBuf, T> decoder) {
    return new Golden<>(notation, capabilities, packet, decoder);
  }

  /** A packet and its payload on the wire. */
  record Golden<T extends Packet>(String notation, long capabilities, T packet,
      Function<ByteBuf, T> decoder) {
    byte[] payload() {
      return bytes(notation);
    }

    T decode(byte[] payload) {
      return WireBytes.decode(payload, decoder);
    }

    @Override
    public String toString() {
      return notation;
    }
  }
}
