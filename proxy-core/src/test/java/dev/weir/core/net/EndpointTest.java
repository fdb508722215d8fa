package dev.weir.core.net;

import dev.weir.core.net.Link.Endpoint;
import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class EndpointTest {
  @ParameterizedTest
  @CsvSource({"127.0.0.1, 127.0.0.1, 127.0.0.1:5432", "0:0:0:0:0:0:0:1, ::1, [::1]:5432",
    "::, ::, [::]:5432", "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1, [2001:db8::1:0:0:1]:5432"})
  void addressesAreWrittenAsOperatorsWriteThem(String address, String host, String withPort) {
    Endpoint endpoint = new Endpoint(Endpoint.hostOf(InetAddress.ofLiteral(address)), 5432);
    assertThat(endpoint.host()).isEqualTo(host);
    assertThat(endpoint).hasToString(withPort);
  }
}
