package dev.weir.core.mysql;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class QueryCacheTest {
  private static final long MEGABYTE = 1 << 20;
  private static final int LARGEST = 4 << 20;

  private long now = 1_000_000_000L;
  private final QueryCache cache = new QueryCache(() -> now, 7, MEGABYTE);

  private CacheKey key(String sql) {
    return key("app", "shop", 1, 2, 3, SessionVariables.NONE, sql);
  }

  private CacheKey key(String user, String schema, int hostgroup, long capabilities, int status,
      SessionVariables variables, String sql) {
    byte[] command = sql.getBytes(StandardCharsets.UTF_8);
    return new CacheKey(user, schema, hostgroup, capabilities, status, variables, command,
        cache.hash(command));
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private ResultCapture capture(CacheKey key, int ttlMillis, @Nullable CachedResult renews) {
    return new ResultCapture(cache, key, ttlMillis, true, LARGEST, renews);
  }

  private static void add(ResultCapture to, byte[] bytes) {
    ByteBuf part = ByteBufAllocator.DEFAULT.buffer(bytes.length + 1).writeBytes(bytes);
    to.add(part);
    assertThat(part.readableBytes()).isEqualTo(bytes.length);
    part.release();
  }

  private void keep(CacheKey key, int ttlMillis, byte[] bytes) {
    ResultCapture capture = capture(key, ttlMillis, null);
    add(capture, bytes);
    store(capture);
    capture.close();
  }

  private static void store(ResultCapture capture) {
    byte[] packets = capture.packets();
    if (packets != null) {
      capture.store(packets, 1);
    }
  }

  private CachedResult found(String sql) {
    return Objects.requireNonNull(cache.find(key(sql), 100));
  }

  // --- time ---

  @Test
  void aResultIsThereUntilItsTimeIsOver() {
    keep(key("SELECT 1"), 100, new byte[]{1, 2, 3});
    pass(99);
    CachedResult found = found("SELECT 1");
    assertThat(found.packets()).containsExactly(1, 2, 3);
    pass(1);
    assertThat(cache.find(key("SELECT 1"), 100)).isNull();
    cache.keepHouse();
    assertThat(cache.purged()).isEqualTo(1);
    assertThat(cache.entries()).isZero();
    assertThat(cache.memory()).isZero();
  }

  @Test
  void aRuleThatNowAllowsLessIsObeyed() {
    keep(key("SELECT 1"), 1000, new byte[3]);
    pass(50);
    assertThat(cache.find(key("SELECT 1"), 50)).isNull();
    assertThat(cache.find(key("SELECT 1"), 51)).isNotNull();
  }

  @Test
  void aLongTimeIsNoShortOne() {
    keep(key("SELECT 1"), Integer.MAX_VALUE, new byte[3]);
    pass(Integer.MAX_VALUE - 1L);
    assertThat(cache.find(key("SELECT 1"), Integer.MAX_VALUE)).isNotNull();
  }

  @Test
  void afterAShareOfItsTimeOneRenewsAndTheOthersAreServed() {
    keep(key("SELECT 1"), 100, new byte[3]);
    CachedResult found = found("SELECT 1");
    pass(59);
    assertThat(cache.isToBeRenewed(found, 60)).isFalse();
    pass(1);
    assertThat(cache.isToBeRenewed(found, 0)).isFalse();
    assertThat(cache.isToBeRenewed(found, 60)).isTrue();
    assertThat(cache.isToBeRenewed(found, 60)).isFalse();

    capture(key("SELECT 1"), 100, found).close(); // the server was lost
    assertThat(cache.isToBeRenewed(found, 60)).isTrue();
    ResultCapture renewal = capture(key("SELECT 1"), 100, found);
    add(renewal, new byte[]{9});
    store(renewal);
    renewal.close();
    CachedResult renewed = found("SELECT 1");
    assertThat(renewed.packets()).containsExactly(9);
    assertThat(cache.isToBeRenewed(found, 60)).isFalse();
  }

  // --- keys ---

  @Test
  void nobodyGetsWhatWasMadeForOtherSettings() {
    SessionVariables latin = SessionVariables.NONE.with("character_set_results", "latin1");
    keep(key("SELECT 1"), 100, new byte[3]);
    List<CacheKey> others = List.of(
        key("bob", "shop", 1, 2, 3, SessionVariables.NONE, "SELECT 1"),
        key("app", "other", 1, 2, 3, SessionVariables.NONE, "SELECT 1"),
        key("app", "shop", 0, 2, 3, SessionVariables.NONE, "SELECT 1"),
        key("app", "shop", 1, 0, 3, SessionVariables.NONE, "SELECT 1"),
        key("app", "shop", 1, 2, 0, SessionVariables.NONE, "SELECT 1"),
        key("app", "shop", 1, 2, 3, latin, "SELECT 1"),
        key("app", "shop", 1, 2, 3, SessionVariables.NONE, "SELECT 2"),
        key("app", "shop", 1, 2, 3, SessionVariables.NONE, "select 1"));
    for (CacheKey other : others) {
      assertThat(cache.find(other, 100)).isNull();
    }
    assertThat(cache.find(key("SELECT 1"), 100)).isNotNull();
    assertThat(cache.gets()).isEqualTo(others.size() + 1);
  }

  // --- bounds ---

  @Test
  void allResultsTogetherStayWithinTheBound() {
    for (int i = 0; i < 100; i++) {
      keep(key("SELECT " + i), 100_000, new byte[50_000]);
      assertThat(cache.memory()).isLessThanOrEqualTo(MEGABYTE);
    }
    assertThat(cache.entries()).isBetween(10L, 20L);
    assertThat(cache.purged()).isEqualTo(100 - cache.entries());
    cache.maxBytes(100_000);
    assertThat(cache.memory()).isLessThanOrEqualTo(100_000);
    cache.maxBytes(0);
    assertThat(cache.entries()).isZero();
    keep(key("SELECT 1"), 100_000, new byte[1]);
    assertThat(cache.entries()).isZero();
  }

  @Test
  void aBoundOfNothingForgetsTheOnlyResult() {
    cache.maxBytes(256L << 20);
    keep(key("SELECT 1"), 600_000, new byte[100]);
    assertThat(cache.find(key("SELECT 2"), 600_000)).isNull();
    cache.maxBytes(0);
    assertThat(cache.entries()).isZero();
    assertThat(cache.memory()).isZero();
  }

  @Test
  void aResultThatIsTooLongIsNotKept() {
    ResultCapture capture = new ResultCapture(cache, key("SELECT 1"), 100, true, 1000, null);
    for (int i = 0; i < 10; i++) {
      add(capture, new byte[100]);
    }
    assertThat(capture.packets()).hasSize(1000);
    add(capture, new byte[1]);
    assertThat(capture.packets()).isNull();
    assertThat(cache.captured()).isZero();
    add(capture, new byte[1]);
    capture.close();
    assertThat(cache.captured()).isZero();
  }

  @Test
  void resultsOnTheirWayStayWithinTheirShare() {
    List<ResultCapture> captures = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ResultCapture capture = capture(key("SELECT " + i), 100, null);
      add(capture, new byte[60_000]);
      captures.add(capture);
    }
    assertThat(cache.captured()).isLessThanOrEqualTo(MEGABYTE / 4);
    assertThat(captures.stream().filter(capture -> capture.packets() != null)).hasSize(4);
    captures.forEach(ResultCapture::close);
    assertThat(cache.captured()).isZero();
  }

  @Test
  void piecesAreKeptInOrder() {
    ResultCapture capture = capture(key("SELECT 1"), 100, null);
    byte[] all = new byte[5000];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
      add(capture, new byte[]{(byte) i});
    }
    assertThat(capture.packets()).isEqualTo(all);
    capture.close();
  }

  // --- flush ---

  @Test
  void aFlushForgetsEverythingAlsoWhatIsOnItsWay() {
    keep(key("SELECT 1"), 100, new byte[3]);
    keep(key("SELECT 2"), 100, new byte[3]);
    ResultCapture onItsWay = capture(key("SELECT 3"), 100, null);
    add(onItsWay, new byte[3]);
    assertThat(cache.flush()).isEqualTo(2);
    store(onItsWay);
    onItsWay.close();
    assertThat(cache.entries()).isZero();
    assertThat(cache.find(key("SELECT 3"), 100)).isNull();
    assertThat(cache.sets()).isEqualTo(2);
    keep(key("SELECT 3"), 100, new byte[3]);
    assertThat(cache.find(key("SELECT 3"), 100)).isNotNull();
  }

  @Test
  void bytesAndHitsAreCounted() {
    keep(key("SELECT 1"), 100, new byte[30]);
    CachedResult found = found("SELECT 1");
    cache.served(found);
    assertThat(List.of(cache.gets(), cache.hits(), cache.sets(), cache.bytesIn(),
        cache.bytesOut())).containsExactly(1L, 1L, 1L, 30L, 30L);
  }
}
