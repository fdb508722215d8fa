package dev.weir.core.net.dns;

import dev.weir.core.control.DnsView;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HostResolverTest {
  private final Map<String, List<String>> zone = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final List<String> lost = new ArrayList<>();
  private final Deque<Runnable> pending = new ArrayDeque<>();
  private boolean holding;
  private long seconds = 1_000;
  private final HostResolver resolver = new HostResolver(this::lookUp,
      () -> TimeUnit.SECONDS.toNanos(seconds),
      this::run, (host, addresses) -> lost.add(host + " " + addresses));

  private List<InetAddress> lookUp(String host) throws UnknownHostException {
    asked.add(host);
    List<String> found = zone.get(host);
    if (found == null) {
      throw new UnknownHostException("Name or service not known");
    }
    List<InetAddress> addresses = new ArrayList<>();
    for (String text : found) {
      addresses.add(InetAddress.getByName(text));
    }
    return addresses;
  }

  private void run(Runnable task) {
    pending.add(task);
    if (!holding) {
      release();
    }
  }

  private void release() {
    while (!pending.isEmpty()) {
      pending.remove().run();
    }
  }

  private String next(String host) {
    return resolver.next(host).toCompletableFuture().join().getHostAddress();
  }

  @Test
  void dealsAddressesInTurnFromOneLookup() {
    zone.put("db", List.of("10.0.0.1", "10.0.0.2", "10.0.0.3"));

    assertThat(List.of(next("db"), next("DB"), next("db"), next("db")))
        .containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1");
    assertThat(asked).containsExactly("db");
  }

  @Test
  void addressesInTextNeedNoLookup() {
    assertThat(next("192.0.2.7")).isEqualTo("192.0.2.7");
    assertThat(next("2001:db8::1")).isEqualTo("2001:db8:0:0:0:0:0:1");
    assertThat(asked).isEmpty();
    assertThat(resolver.snapshot()).isEmpty();
  }

  @Test
  void asksAgainWhenTheAnswerIsOldAndTellsWhatWasLost() {
    zone.put("db", List.of("10.0.0.1", "10.0.0.2"));
    resolver.remember(Duration.ofSeconds(5), Duration.ofSeconds(2));
    next("db");
    zone.put("db", List.of("10.0.0.2", "10.0.0.9"));

    seconds += 4;
    assertThat(next("db")).isEqualTo("10.0.0.2");
    assertThat(resolver.snapshot())
        .containsExactly(new DnsView("db", 1, List.of("10.0.0.1", "10.0.0.2")));
    assertThat(lost).isEmpty();
    seconds += 1;
    next("db");

    assertThat(asked).hasSize(2);
    assertThat(lost).containsExactly("db [/10.0.0.1]");
    assertThat(resolver.snapshot())
        .containsExactly(new DnsView("db", 5, List.of("10.0.0.2", "10.0.0.9")));
  }

  @Test
  void failuresHoldForTheirOwnTime() {
    resolver.remember(Duration.ofSeconds(60), Duration.ofSeconds(2));
    assertThatThrownBy(() -> next("none")).isInstanceOf(CompletionException.class)
        .hasRootCauseInstanceOf(UnknownHostException.class)
        .hasMessageContaining("none: Name or service not known");
    zone.put("none", List.of("10.0.0.1"));

    seconds += 1;
    assertThatThrownBy(() -> next("none")).hasRootCauseInstanceOf(UnknownHostException.class);
    seconds += 1;
    assertThat(next("none")).isEqualTo("10.0.0.1");
    assertThat(asked).hasSize(2);
  }

  @Test
  void aFailureInBetweenDoesNotHideALostAddress() {
    zone.put("db", List.of("10.0.0.1"));
    next("db");
    zone.remove("db");
    seconds += 15;
    assertThatThrownBy(() -> next("db")).isInstanceOf(CompletionException.class);
    assertThat(lost).isEmpty();
    zone.put("db", List.of("10.0.0.2"));
    seconds += 15;

    assertThat(next("db")).isEqualTo("10.0.0.2");
    assertThat(lost).containsExactly("db [/10.0.0.1]");
  }

  @Test
  void oneLookupServesAllWhoWaitForIt() {
    zone.put("db", List.of("10.0.0.1", "10.0.0.2"));
    holding = true;
    var one = resolver.next("db").toCompletableFuture();
    var two = resolver.next("db").toCompletableFuture();
    assertThat(one).isNotDone();
    release();

    assertThat(one.join().getHostAddress()).isEqualTo("10.0.0.1");
    assertThat(two.join().getHostAddress()).isEqualTo("10.0.0.2");
    assertThat(asked).hasSize(1);
  }

  @Test
  void remembersABoundedNumberOfNames() {
    for (int i = 0; i < HostResolver.CAPACITY + 10; i++) {
      zone.put("h" + i, List.of("10.0.0.1"));
      next("h" + i);
    }

    assertThat(resolver.size()).isEqualTo(HostResolver.CAPACITY);
    next("h" + (HostResolver.CAPACITY + 9));
    assertThat(asked).hasSize(HostResolver.CAPACITY + 10);
    next("h0");
    assertThat(asked).hasSize(HostResolver.CAPACITY + 11);
  }

  @Test
  void findsTheLoopbackThroughTheSystem() throws Exception {
    InetAddress address = HostResolver.ofSystem((_, _) -> {}).next("localhost")
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);

    assertThat(address.isLoopbackAddress()).isTrue();
  }
}
