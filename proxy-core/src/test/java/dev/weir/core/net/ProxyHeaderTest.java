package dev.weir.core.net;

import dev.weir.core.net.ProxyHeader.MalformedProxyHeaderException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ProxyHeaderTest {
  private static final String BINARY = "0d0a0d0a000d0a515549540a";

  @ParameterizedTest
  @CsvSource({"PROXY TCP4 192.0.2.1 198.51.100.7 56324 3306, 192.0.2.1, 56324, 198.51.100.7, 3306",
    "PROXY TCP6 2001:db8::1 ::1 1 65535, 2001:db8::1, 1, ::1, 65535",
    "PROXY TCP4 255.255.255.255 0.0.0.0 0 0, 255.255.255.255, 0, 0.0.0.0, 0"})
  void aLineIsRead(String line, String host, int port, String toHost, int toPort) {
    assertThat(read((line + "\r\n").getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(new ProxyHeader(address(host, port),
            address(toHost, toPort)));
  }

  @Test
  void aBinaryHeaderIsRead() {
    ProxyHeader v4 = new ProxyHeader(address("192.0.2.1", 0xdc04),
        address("198.51.100.7", 3306));
    assertThat(read(hex(BINARY + "2111000c" + "c0000201c6336407dc040cea"))).isEqualTo(v4);
    // with a TLV behind, as AWS and others send
    assertThat(read(hex(BINARY + "21110010" + "c0000201c6336407dc040cea" + "04000100")))
        .isEqualTo(v4);
    assertThat(read(hex(BINARY + "21210024" + "20010db8000000000000000000000001"
        + "00000000000000000000000000000001" + "dc040cea")))
        .isEqualTo(new ProxyHeader(address("2001:db8::1", 0xdc04),
            address("::1", 3306)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2000 0000", "2011 000c c0000201c6336407dc040cea", "2100 0000",
    "2131 0003 616263", "2112 000c c0000201c6336407dc040cea"})
  void aHeaderMayHaveNobodyToTell(String rest) {
    assertThat(read(hex(BINARY + rest.replace(" ", "")))).isEqualTo(new ProxyHeader(null, null));
  }

  @Test
  void aLineMayHaveNobodyToTell() {
    assertThat(read("PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(new ProxyHeader(null, null));
    assertThat(read("PROXY UNKNOWN ffff:: x 1 2\r\n".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(new ProxyHeader(null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n", "PROXY TCP4 192.0.2.1 198.51.100.7 56324\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.7 56324 3306 \r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.7 65536 3306\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.7 -1 3306\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.7 01 3306\r\n",
    "PROXY TCP4 192.0.2.256 198.51.100.7 1 3306\r\n", "PROXY TCP4 localhost 127.0.0.1 1 1\r\n",
    "PROXY TCP4 ::1 ::1 1 1\r\n", "PROXY TCP6 127.0.0.1 127.0.0.1 1 1\r\n",
    "PROXY TCP6 :::::: ::1 1 1\r\n", "PROXY UDP4 1.1.1.1 1.1.1.1 1 1\r\n", "PROXY \r\n",
    "PROXY UNKNOWN\n", "PROXY  TCP4 1.1.1.1 1.1.1.1 1 1\r\n", "proxy UNKNOWN\r\n", "PROXX"})
  void anotherLineIsRefused(String line) {
    assertThatExceptionOfType(MalformedProxyHeaderException.class)
        .isThrownBy(() -> read(line.getBytes(StandardCharsets.US_ASCII)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0d0a0d0a01", BINARY + "11110000", BINARY + "22110000",
    BINARY + "2111000b" + "c0000201c6336407dc040c",
    BINARY + "2121000c" + "000000000000000000000000",
    BINARY + "21111000", BINARY + "2000ffff"})
  void anotherBinaryHeaderIsRefused(String header) {
    assertThatExceptionOfType(MalformedProxyHeaderException.class)
        .isThrownBy(() -> read(hex(header)));
  }

  @Test
  void aLineHasAnEnd() {
    assertThatExceptionOfType(MalformedProxyHeaderException.class).isThrownBy(
        () -> read(("PROXY UNKNOWN " + "x".repeat(93)).getBytes(StandardCharsets.US_ASCII)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"50524f585920554e4b4e4f574e0d0a",
    BINARY + "2111000cc0000201c6336407dc040cea"})
  void whatHasNotArrivedIsWaitedFor(String header) {
    byte[] whole = hex(header);
    for (int length = 0; length < whole.length; length++) {
      ByteBuf in = Unpooled.wrappedBuffer(whole, 0, length);
      assertThat(ProxyHeader.read(in)).isNull();
      assertThat(in.readerIndex()).isZero();
    }
    ByteBuf in = Unpooled.wrappedBuffer(whole, new byte[]{1, 2, 3});
    assertThat(ProxyHeader.read(in)).isNotNull();
    assertThat(in.readableBytes()).isEqualTo(3);
  }

  private static InetSocketAddress address(String literal, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
  }

  private static ProxyHeader read(byte[] bytes) {
    return Objects.requireNonNull(ProxyHeader.read(Unpooled.wrappedBuffer(bytes)));
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
