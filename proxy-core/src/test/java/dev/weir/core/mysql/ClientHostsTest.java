package dev.weir.core.mysql;

import dev.weir.core.control.MysqlView;
import dev.weir.core.net.Link;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClientHostsTest {
  private final ClientHosts hosts = new ClientHosts();

  private static Link.Endpoint from(String host) {
    return new Link.Endpoint(host, 1234);
  }

  @Test
  void aHostOfTooManyFailuresIsKeptOutUntilItSucceedsOrAllIsForgotten() {
    hosts.limits(10, 2);
    hosts.failed(from("a"), 1000);
    assertThat(hosts.keepsOut(from("a"))).isFalse();
    hosts.failed(from("a"), 3000);
    assertThat(hosts.keepsOut(from("a"))).isTrue();
    assertThat(hosts.keepsOut(from("b"))).isFalse();
    assertThat(hosts.snapshot(false)).containsExactly(new MysqlView.ClientHost("a", 2, 3));
    hosts.succeeded(from("a"));
    assertThat(hosts.keepsOut(from("a"))).isFalse();
    hosts.failed(from("a"), 1000);
    hosts.failed(from("a"), 1000);
    hosts.clear();
    assertThat(hosts.keepsOut(from("a"))).isFalse();
  }

  @Test
  void theHostThatFailedLongestAgoMakesRoom() {
    hosts.limits(2, 1);
    hosts.failed(from("a"), 1);
    hosts.failed(from("b"), 2);
    hosts.failed(from("a"), 3);
    hosts.failed(from("c"), 4);
    assertThat(hosts.snapshot(false)).extracting(MysqlView.ClientHost::clientAddress)
        .containsExactly("a", "c");
  }

  @Test
  void lessRoomForgetsAtOnceAndNoneForgetsAll() {
    hosts.limits(3, 1);
    hosts.failed(from("a"), 1);
    hosts.failed(from("b"), 2);
    hosts.limits(1, 1);
    assertThat(hosts.snapshot(false)).extracting(MysqlView.ClientHost::clientAddress)
        .containsExactly("b");
    hosts.limits(0, 1);
    hosts.failed(from("b"), 3);
    assertThat(hosts.snapshot(false)).isEmpty();
    assertThat(hosts.keepsOut(from("b"))).isFalse();
  }

  @Test
  void countingAloneKeepsNobodyOut() {
    hosts.limits(3, 0);
    hosts.failed(from("a"), 1);
    assertThat(hosts.keepsOut(from("a"))).isFalse();
    assertThat(hosts.snapshot(true)).hasSize(1);
    assertThat(hosts.snapshot(false)).isEmpty();
  }

  @Test
  void clientsOfUnixSocketsHaveNoHost() {
    hosts.limits(3, 1);
    Link.Endpoint unix = new Link.Endpoint("unix", 0);
    hosts.failed(unix, 1);
    assertThat(hosts.keepsOut(unix)).isFalse();
    assertThat(hosts.snapshot(false)).isEmpty();
  }
}
