package dev.weir.core.mysql;

import dev.weir.core.net.Link;
import dev.weir.core.net.ProxyHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ProxyGateTest {
  private static final String V2 = "0d0a0d0a000d0a515549540a";
  private static final String LOGIN = "5000000185a6ff01";

  private final List<String> claimed = new ArrayList<>();
  private final ProxyGate gate = new ProxyGate((Link) Proxy.newProxyInstance(
      ProxyGateTest.class.getClassLoader(), new Class<?>[]{Link.class}, (_, method, arguments) -> {
        assertThat(method.getName()).isEqualTo("remote");
        claimed.add(String.valueOf(arguments[0]));
        return null;
      }));

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
  }

  private static String line(String text) {
    return ByteBufUtil.hexDump(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static @Nullable String shown(@Nullable ByteBuf past) {
    if (past == null) {
      return null;
    }
    String hex = ByteBufUtil.hexDump(past);
    past.release();
    return hex;
  }

  @ParameterizedTest
  @CsvSource({"PROXY TCP4 192.0.2.7 10.0.0.1 4711 6033,192.0.2.7:4711",
    "PROXY TCP6 2001:db8::7 ::1 4711 6033,[2001:db8::7]:4711"})
  void aLineTellsWhoItIs(String header, String client) {
    assertThat(shown(gate.pass(bytes(line(header + "\r\n") + LOGIN)))).isEqualTo(LOGIN);
    assertThat(claimed).containsExactly(client);
  }

  @Test
  void aBinaryHeaderTellsWhoItIs() {
    String header = V2 + "21" + "11" + "000c" + "c0000207" + "0a000001" + "1267" + "1791";
    assertThat(shown(gate.pass(bytes(header + LOGIN)))).isEqualTo(LOGIN);
    assertThat(claimed).containsExactly("192.0.2.7:4711");
  }

  @ParameterizedTest
  @ValueSource(strings = {V2 + "20000000", V2 + "2011000c" + "c0000207" + "0a000001" + "12671791",
    "50524f585920554e4b4e4f574e0d0a"})
  void aBalancersOwnConnectionKeepsItsAddress(String header) {
    assertThat(shown(gate.pass(bytes(header + LOGIN)))).isEqualTo(LOGIN);
    assertThat(claimed).isEmpty();
  }

  @Test
  void withoutAHeaderNothingIsTaken() {
    assertThat(shown(gate.pass(bytes(LOGIN)))).isEqualTo(LOGIN);
    assertThat(claimed).isEmpty();
  }

  @Test
  void aLoginThatBeginsAsAHeaderDoesIsNone() {
    assertThat(gate.pass(bytes("50"))).isNull();
    assertThat(shown(gate.pass(bytes("000001ff")))).isEqualTo("50000001ff");
    ProxyGate other = new ProxyGate(untouched());
    assertThat(other.pass(bytes("0d"))).isNull();
    assertThat(shown(other.pass(bytes("0a0001")))).isEqualTo("0d0a0001");
  }

  private static Link untouched() {
    return (Link) Proxy.newProxyInstance(ProxyGateTest.class.getClassLoader(),
        new Class<?>[]{Link.class}, (_, _, _) -> {
          throw new AssertionError("nothing to tell");
        });
  }

  @Test
  void aHeaderMayComeByteByByte() {
    String all = line("PROXY TCP4 192.0.2.7 10.0.0.1 4711 6033\r\n");
    for (int i = 0; i < all.length() - 2; i += 2) {
      assertThat(gate.pass(bytes(all.substring(i, i + 2)))).isNull();
    }
    assertThat(shown(gate.pass(bytes(all.substring(all.length() - 2) + LOGIN)))).isEqualTo(LOGIN);
    assertThat(claimed).containsExactly("192.0.2.7:4711");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXY TCP4 example.org 10.0.0.1 1 2\r\n", "PROXY \r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 70000 1\r\n", "PROXIMITY", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n"})
  void whatBeginsAsAHeaderAndIsNoneIsRefused(String header) {
    assertThatExceptionOfType(ProxyHeader.MalformedProxyHeaderException.class)
        .isThrownBy(() -> gate.pass(bytes(line(header))));
    gate.release();
    assertThat(claimed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {V2 + "2111ffff", V2 + "31110000", V2 + "21110004c0000207",
    "0d0a0d0a000d0a515549540b"})
  void aBinaryHeaderThatIsNoneIsRefused(String header) {
    assertThatExceptionOfType(ProxyHeader.MalformedProxyHeaderException.class)
        .isThrownBy(() -> gate.pass(bytes(header)));
    gate.release();
    assertThat(claimed).isEmpty();
  }

  @Test
  void aLineWithoutAnEndIsRefusedSoon() {
    assertThatExceptionOfType(ProxyHeader.MalformedProxyHeaderException.class)
        .isThrownBy(() -> gate.pass(bytes(line("PROXY TCP4 " + "1".repeat(200)))));
    gate.release();
  }
}
