package dev.weir.pg.message;

import dev.weir.pg.WireBytes;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.weir.pg.WireBytes.bytes;
import static dev.weir.pg.WireBytes.cut;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Every message against bytes written by hand from the protocol documentation, chapter 54.7. */
class GoldenMessagesTest {
  private static final List<Golden<?>> FRONTEND = List.of(
      untagged("0000001d 00030000 'user' 00 'joe' 00 'database' 00 'd' 00 00",
          new StartupMessage(3, 0, map("user", "joe", "database", "d")), StartupMessage::decode),
      untagged("00000009 00030002 00", new StartupMessage(3, 2, map()), StartupMessage::decode),
      untagged("00000010 04d2162e 00000102 deadbeef",
          new CancelRequest(258, bytes("deadbeef")), CancelRequest::decode),
      untagged("00000008 04d2162f", new SslRequest(), SslRequest::decode),
      untagged("00000008 04d21630", new GssEncRequest(), GssEncRequest::decode),
      tagged("'p' 0000000b 'secret' 00", new PasswordMessage("secret"), PasswordMessage::decode),
      tagged("'p' 0000001b 'SCRAM-SHA-256' 00 00000005 'n,,n='",
          new SaslInitialResponse("SCRAM-SHA-256", ascii("n,,n=")), SaslInitialResponse::decode),
      tagged("'p' 0000000a 'X' 00 ffffffff", new SaslInitialResponse("X", null),
          SaslInitialResponse::decode),
      tagged("'Q' 0000000d 'SELECT 1' 00", new Query("SELECT 1"), Query::decode),
      tagged("'P' 00000017 's1' 00 'SELECT $1' 00 0001 00000017",
          new Parse("s1", ascii("SELECT $1"), new int[]{23}), Parse::decode),
      tagged("'B' 0000001b 'p1' 00 's1' 00 0001 0001 0002 00000001 'x' ffffffff 0000",
          new Bind("p1", "s1", List.of(1), Arrays.asList(ascii("x"), null), List.of()),
          Bind::decode),
      tagged("'D' 00000008 'Sq1' 00", new Describe(Describe.STATEMENT, "q1"), Describe::decode),
      tagged("'C' 00000008 'Pq1' 00", new Close(Close.PORTAL, "q1"), Close::decode),
      tagged("'E' 0000000b 'p1' 00 00000064", new Execute("p1", 100), Execute::decode),
      tagged("'S' 00000004", new Sync(), Sync::decode),
      tagged("'H' 00000004", new Flush(), Flush::decode),
      tagged("'X' 00000004", new Terminate(), Terminate::decode),
      tagged("'c' 00000004", new CopyDone(), CopyDone::decode),
      tagged("'f' 0000000b 'enough' 00", new CopyFail("enough"),
          CopyFail::decode));

  private static final List<Golden<?>> BACKEND = List.of(
      auth("'R' 00000008 00000000", new Authentication.Ok()),
      auth("'R' 00000008 00000003", new Authentication.CleartextPassword()),
      auth("'R' 0000000c 00000005 01020304", new Authentication.Md5Password(bytes("01020304"))),
      auth("'R' 00000017 0000000a 'SCRAM-SHA-256' 00 00",
          new Authentication.Sasl(List.of("SCRAM-SHA-256"))),
      tagged("'K' 0000000c 00000102 deadbeef", new BackendKeyData(258, bytes("deadbeef")),
          BackendKeyData::decode),
      tagged("'S' 00000017 'DateStyle' 00 'ISO, MDY' 00",
          new ParameterStatus("DateStyle", "ISO, MDY"), ParameterStatus::decode),
      tagged("'Z' 00000005 'I'", new ReadyForQuery(TxStatus.IDLE), ReadyForQuery::decode),
      tagged("'Z' 00000005 'T'", new ReadyForQuery(TxStatus.IN_TRANSACTION), ReadyForQuery::decode),
      tagged("'Z' 00000005 'E'", new ReadyForQuery(TxStatus.FAILED), ReadyForQuery::decode),
      tagged("'E' 00000017 'SFATAL' 00 'C08P01' 00 'Mno' 00 00",
          ErrorResponse.of("FATAL", "08P01", "no"), ErrorResponse::decode),
      tagged("'E' 00000005 00", new ErrorResponse(new LinkedHashMap<>()), ErrorResponse::decode),
      tagged("'N' 00000018 'SNOTICE' 00 'C00000' 00 'Mhi' 00 00",
          NoticeResponse.of("NOTICE", "00000", "hi"), NoticeResponse::decode),
      tagged("'T' 0000001c 0001 'now' 00 00000102 0003 00000017 0004 ffffffff 0001",
          new RowDescription(
              List.of(new RowDescription.Field("now", 258, 3, 23, 4, -1, 1))),
          RowDescription::decode),
      tagged("'T' 0000001d 0001 'name' 00 00000000 0000 00000019 ffff ffffffff 0000",
          new RowDescription(List.of(RowDescription.Field.text("name", 25, -1))),
          RowDescription::decode),
      tagged("'D' 00000014 0003 00000002 'ab' ffffffff 00000000",
          DataRow.text(Arrays.asList("ab", null, "")), DataRow::decode),
      tagged("'C' 0000000d 'SELECT 1' 00", new CommandComplete("SELECT 1"),
          CommandComplete::decode),
      tagged("'I' 00000004", new EmptyQueryResponse(), EmptyQueryResponse::decode),
      tagged("'v' 00000014 00030000 00000001 '_pq_.xy' 00",
          NegotiateProtocolVersion.ofMinor(0, List.of("_pq_.xy")),
          NegotiateProtocolVersion::decode),
      tagged("'1' 00000004", new ParseComplete(), ParseComplete::decode),
      tagged("'2' 00000004", new BindComplete(), BindComplete::decode),
      tagged("'3' 00000004", new CloseComplete(), CloseComplete::decode),
      tagged("'n' 00000004", new NoData(), NoData::decode),
      tagged("'s' 00000004", new PortalSuspended(), PortalSuspended::decode),
      tagged("'t' 0000000e 0002 00000017 00000019", new ParameterDescription(List.of(23, 25)),
          ParameterDescription::decode),
      tagged("'A' 00000011 00000102 'ch' 00 'hello' 00",
          new NotificationResponse(258, "ch", "hello"), NotificationResponse::decode),
      tagged("'G' 0000000b 00 0002 0000 0001", new CopyInResponse((byte) 0, List.of(0, 1)),
          CopyInResponse::decode),
      tagged("'H' 00000009 01 0001 0001", new CopyOutResponse((byte) 1, List.of(1)),
          CopyOutResponse::decode),
      tagged("'W' 00000007 00 0000", new CopyBothResponse((byte) 0, List.of()),
          CopyBothResponse::decode));

  static Stream<Golden<?>> messages() {
    return Stream.concat(FRONTEND.stream(), BACKEND.stream());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void isReadBack(Golden<?> golden) {
    assertThat(golden.decode(golden.body())).isEqualTo(golden.message).hasSameHashCodeAs(
        golden.message);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void isWritten(Golden<?> golden) {
    assertThat(golden.encode()).isEqualTo(golden.wire());
  }

  /** The length field, the one thing that is easily miscounted by hand. */
  @ParameterizedTest
  @MethodSource("messages")
  void bytesAreConsistent(Golden<?> golden) {
    int length = golden.wire().length - (golden.header - 4);
    assertThat(golden.wire()[golden.header - 1] & 0xff).isEqualTo(length);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void refusesEveryCutBody(Golden<?> golden) {
    byte[] body = golden.body();
    for (int length = 0; length < body.length; length++) {
      byte[] part = cut(body, length);
      assertThatExceptionOfType(MalformedMessageException.class)
          .as("first %d of %d bytes", length, body.length)
          .isThrownBy(() -> golden.decode(part));
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void refusesAnOverlongBody(Golden<?> golden) {
    boolean secretMayBeLonger = golden.message instanceof BackendKeyData
        || golden.message instanceof CancelRequest;
    byte[] body = golden.body();
    byte[] longer = Arrays.copyOf(body, body.length + (secretMayBeLonger ? 253 : 1));
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> golden.decode(longer));
  }

  private static <T> Golden<T> tagged(String notation, T message, Function<ByteBuf, T> decoder) {
    return new Golden<>(notation, 5, message, decoder);
  }

  private static <T> Golden<T> untagged(String notation, T message,
      Function<ByteBuf, T> decoder) {
    return new Golden<>(notation, 4, message, decoder);
  }

  private static Golden<Authentication> auth(String notation, Authentication message) {
    return new Golden<>(notation, 5, message, Authentication::decode);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static SequencedMap<String, String> map(String... keysAndValues) {
    SequencedMap<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  /** A message, its bytes on the wire and how many of them are header. */
  record Golden<T>(String notation, int header, T message,
      Function<ByteBuf, ? extends T> decoder) {
    byte[] wire() {
      return bytes(notation);
    }

    byte[] body() {
      return Arrays.copyOfRange(wire(), header, wire().length);
    }

    T decode(byte[] body) {
      return WireBytes.decode(body, decoder);
    }

    byte[] encode() {
      return WireBytes.encode(out -> {
        if (message instanceof FrontendMessage sent) {
          sent.encode(out);
        } else {
          ((BackendMessage) message).encode(out);
        }
      });
    }

    @Override
    public String toString() {
      return notation;
    }
  }
}
