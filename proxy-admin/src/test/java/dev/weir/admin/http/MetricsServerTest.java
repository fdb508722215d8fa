package dev.weir.admin.http;

import dev.weir.admin.FakeProxy;
import dev.weir.core.control.PoolKey;
import dev.weir.core.control.PoolView;
import dev.weir.core.control.Protocol;
import dev.weir.core.metrics.PinCounters;
import dev.weir.core.metrics.PoolHistograms;
import dev.weir.core.metrics.PoolMetrics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MetricsServerTest {
  private static final InetAddress LOCAL = InetAddress.ofLiteral("127.0.0.1");
  private final FakeProxy proxy = new FakeProxy();
  private final PoolMetrics shop = new PoolMetrics(2);
  private final PinCounters pins = new PinCounters(2);
  private final PoolHistograms histograms = new PoolHistograms() {
    @Override
    public List<PoolTimes> poolTimes() {
      return List
          .of(new PoolTimes(new PoolKey(Protocol.POSTGRESQL, "shop", "ada"), shop.snapshot()));
    }

    @Override
    public List<PinTimes> pinTimes() {
      return PinCounters.sum(Protocol.MYSQL, List.of(pins), number -> "reason " + number);
    }
  };
  private final ExecutorService control = Executors.newSingleThreadExecutor();
  private final HttpClient http = HttpClient.newHttpClient();
  private MetricsServer server;

  @BeforeEach
  void start() throws IOException {
    server = start(new MetricsLimits(2, 1, 2));
  }

  @AfterEach
  void stop() {
    server.close();
    control.shutdownNow();
    http.close();
  }

  @Test
  void speaksTheExportersNamesAndLabels() throws Exception {
    String page = get("/metrics").body();
    assertThat(page.lines()).contains(
        "pgbouncer_up 1.0",
        "pgbouncer_version_info{version=\"PgBouncer 1.25.2 (Weir 0.1.0-SNAPSHOT)\"} 1",
        "# TYPE pgbouncer_pools_client_active_connections gauge",
        "pgbouncer_pools_client_active_connections{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 1.0",
        "pgbouncer_pools_client_waiting_connections{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 2.0",
        "pgbouncer_pools_client_active_cancel_connections{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 3.0",
        "pgbouncer_pools_client_waiting_cancel_connections{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 4.0",
        "pgbouncer_pools_server_active_connections{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 5.0",
        "pgbouncer_pools_server_active_cancel_connections{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 6.0",
        "pgbouncer_pools_server_being_canceled_connections{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 7.0",
        "pgbouncer_pools_server_idle_connections{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 8.0",
        "pgbouncer_pools_server_used_connections{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 9.0",
        "pgbouncer_pools_server_testing_connections{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 10.0",
        "pgbouncer_pools_server_login_connections{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 11.0",
        "pgbouncer_pools_client_maxwait_seconds{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 2.0",
        "weir_pool_client_maxwait_seconds{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 2.500001",
        "weir_pool_size{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 20.0");
    assertThat(page.lines()).contains(
        "# TYPE pgbouncer_stats_totals_queries_pooled_total counter",
        "pgbouncer_stats_totals_queries_pooled_total{database=\"shop\",protocol=\"postgresql\"} 3.0",
        "pgbouncer_stats_totals_queries_duration_seconds_total{database=\"shop\",protocol=\"postgresql\"} 7.0E-6",
        "pgbouncer_stats_totals_received_bytes_total{database=\"shop\",protocol=\"postgresql\"} 4.0",
        "pgbouncer_stats_totals_sent_bytes_total{database=\"shop\",protocol=\"postgresql\"} 5.0",
        "pgbouncer_stats_totals_client_wait_seconds_total{database=\"shop\",protocol=\"postgresql\"} 8.0E-6",
        "pgbouncer_stats_totals_sql_transactions_pooled_total{database=\"shop\",protocol=\"postgresql\"} 2.0",
        "pgbouncer_stats_totals_server_in_transaction_seconds_total{database=\"shop\",protocol=\"postgresql\"} 6.0E-6",
        "pgbouncer_stats_totals_client_parses_total{database=\"shop\",protocol=\"postgresql\"} 9.0",
        "pgbouncer_stats_totals_server_parses_total{database=\"shop\",protocol=\"postgresql\"} 10.0",
        "pgbouncer_stats_totals_binds_total{database=\"shop\",protocol=\"postgresql\"} 11.0",
        "weir_stats_server_assignments_total{database=\"shop\",protocol=\"postgresql\"} 1.0",
        "weir_stats_client_logins_total{database=\"shop\",protocol=\"postgresql\"} 12.0");
    String labels = "{database=\"shop_live\",force_user=\"\",host=\"db1,db2\",name=\"shop\",pool_mode=\"\",port=\"5432\",protocol=\"postgresql\"} ";
    assertThat(page.lines()).contains(
        "pgbouncer_databases_pool_size" + labels + "20.0",
        "pgbouncer_databases_reserve_pool" + labels + "5.0",
        "pgbouncer_databases_max_connections" + labels + "50.0",
        "pgbouncer_databases_current_connections" + labels + "12.0",
        "pgbouncer_databases_paused" + labels + "1.0",
        "pgbouncer_databases_disabled" + labels + "0.0");
    assertThat(page.lines()).contains(
        "pgbouncer_databases 1.0", "pgbouncer_users 2.0", "pgbouncer_pools 4.0",
        "pgbouncer_free_clients 6.0", "pgbouncer_used_clients 7.0", "pgbouncer_login_clients 8.0",
        "pgbouncer_free_servers 9.0", "pgbouncer_used_servers 10.0",
        "pgbouncer_cached_dns_names 11.0", "pgbouncer_cached_dns_zones 12.0",
        "pgbouncer_in_flight_dns_queries 13.0",
        "pgbouncer_config_max_client_connections 200.0",
        "pgbouncer_config_max_user_connections 0.0");
    assertThat(page).contains("\njvm_memory_used_bytes{", "\nprocess_uptime_seconds ");
  }

  @Test
  void histogramsCountEachTimeOnceAndAddUp() throws Exception {
    shop.forWorker(0).assigned(0);
    shop.forWorker(0).assigned(63);
    shop.forWorker(1).assigned(64);
    shop.forWorker(1).assigned(2_000_000);
    shop.forWorker(0).queryTook(1_000_000_000);
    shop.forWorker(0).transactionTook(5);
    String page = get("/metrics").body();
    assertThat(page.lines()).contains(
        "# TYPE weir_client_wait_seconds histogram",
        "weir_client_wait_seconds_bucket{database=\"shop\",protocol=\"postgresql\",user=\"ada\",le=\"6.4E-5\"} 2",
        "weir_client_wait_seconds_bucket{database=\"shop\",protocol=\"postgresql\",user=\"ada\",le=\"1.28E-4\"} 3",
        "weir_client_wait_seconds_bucket{database=\"shop\",protocol=\"postgresql\",user=\"ada\",le=\"1.048576\"} 3",
        "weir_client_wait_seconds_bucket{database=\"shop\",protocol=\"postgresql\",user=\"ada\",le=\"2.097152\"} 4",
        "weir_client_wait_seconds_bucket{database=\"shop\",protocol=\"postgresql\",user=\"ada\",le=\"+Inf\"} 4",
        "weir_client_wait_seconds_count{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 4",
        "weir_client_wait_seconds_sum{database=\"shop\",protocol=\"postgresql\",user=\"ada\"} 2.000127",
        "weir_query_seconds_bucket{database=\"shop\",protocol=\"postgresql\",user=\"ada\",le=\"33.554432\"} 0",
        "weir_query_seconds_bucket{database=\"shop\",protocol=\"postgresql\",user=\"ada\",le=\"+Inf\"} 1",
        "weir_transaction_seconds_bucket{database=\"shop\",protocol=\"postgresql\",user=\"ada\",le=\"6.4E-5\"} 1");
  }

  @Test
  void sessionsThatKeepTheirServerAreCountedByReason() throws Exception {
    assertThat(get("/metrics").body()).doesNotContain("weir_pin");
    pins.begins(1);
    pins.begins(1);
    pins.ends(1, 2_000_000);
    assertThat(get("/metrics").body().lines()).contains(
        "weir_pinned_sessions{protocol=\"mysql\",reason=\"reason 1\"} 1.0",
        "weir_pins_total{protocol=\"mysql\",reason=\"reason 1\"} 2.0",
        "weir_pin_seconds_bucket{protocol=\"mysql\",reason=\"reason 1\",le=\"1.048576\"} 0",
        "weir_pin_seconds_bucket{protocol=\"mysql\",reason=\"reason 1\",le=\"+Inf\"} 1",
        "weir_pin_seconds_sum{protocol=\"mysql\",reason=\"reason 1\"} 2.0")
        .noneMatch(line -> line.contains("reason 0"));
  }

  @Test
  void labelsAreEscaped() throws Exception {
    proxy.pools = List.of(
        new PoolView(Protocol.POSTGRESQL, "a\"b\\c\nd", "ü{}", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            "session", null, 2));
    assertThat(get("/metrics").body().lines()).contains(
        "pgbouncer_pools_client_active_connections{database=\"a\\\"b\\\\c\\nd\",protocol=\"postgresql\",user=\"ü{}\"} 1.0");
  }

  @Test
  void thousandsOfPoolsAreCutAndTheCutIsTold() throws Exception {
    List<PoolView> many = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      many.add(new PoolView(Protocol.POSTGRESQL, "db" + i, "u", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
          "session", null, 2));
    }
    proxy.pools = many;
    String page = get("/metrics").body();
    assertThat(
        page.lines().filter(line -> line.startsWith("pgbouncer_pools_client_active_connections{")))
        .hasSize(2);
    assertThat(page.lines()).contains("weir_metrics_left_out{what=\"pools\"} 4998.0",
        "weir_metrics_left_out{what=\"histograms\"} 0.0",
        "weir_metrics_left_out{what=\"databases\"} 0.0");
  }

  @Test
  void theContentTypeIsTheOneAskedFor() throws Exception {
    assertThat(get("/metrics").headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    HttpResponse<String> open = http.send(request("/metrics")
        .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5").build(),
        BodyHandlers.ofString());
    assertThat(open.headers().firstValue("Content-Type"))
        .hasValue("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  void thePageIsZippedOnRequest() throws Exception {
    HttpResponse<byte[]> zipped = http.send(
        request("/metrics").header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());
    assertThat(zipped.headers().firstValue("Content-Encoding")).hasValue("gzip");
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .contains("pgbouncer_up 1.0\n");
    }
  }

  @Test
  void readyMeansListeningAndServing() throws Exception {
    assertThat(get("/ready").statusCode()).isEqualTo(200);
    assertThat(get("/ready").body()).isEqualTo("ready\n");
    proxy.paused = true;
    assertUnready("paused\n");
    proxy.suspended = true;
    assertUnready("suspended\n");
    proxy.shuttingDown = true;
    assertUnready("shutting down\n");
    proxy.paused = false;
    proxy.suspended = false;
    proxy.shuttingDown = false;
    proxy.listeners = List.of();
    assertUnready("not listening\n");
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void aStuckControlThreadIsToldAndHurtsNobody() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    control.execute(() -> {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    assertThat(get("/health").statusCode()).isEqualTo(200);
    assertUnready("the control thread does not answer\n");
    HttpResponse<String> page = get("/metrics");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("\npgbouncer_up 0.0\n").doesNotContain("pgbouncer_pools");
    release.countDown();
    assertThat(get("/metrics").body()).contains("\npgbouncer_up 1.0\n");
  }

  @Test
  void afterTheControlThreadEndedItIsNotReady() throws Exception {
    control.shutdownNow();
    assertUnready("the control thread does not answer\n");
    assertThat(get("/metrics").body()).contains("\npgbouncer_up 0.0\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/metrics/", "/metrics/x", "/healthz", "/%2e%2e/ready", "//metrics"})
  void thereIsNothingElse(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "HEAD", "OPTIONS"})
  void onlyGetIsAllowed(String method) throws Exception {
    HttpResponse<String> refused = http.send(
        HttpRequest.newBuilder(uri("/metrics")).method(method, BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("Allow")).hasValue("GET");
  }

  @Test
  void hugeHeadersAreRefused() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      byte[] lots = ("GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(100_000) + "\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);
      String answer;
      try {
        socket.getOutputStream().write(lots);
        answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      } catch (IOException reset) {
        answer = "";
      }
      assertThat(answer).doesNotContain("200 OK");
    }
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void listensOnlyWhereTold() {
    assertThat(server.port()).isPositive();
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
      try (Socket other = new Socket(InetAddress.ofLiteral("127.0.0.2"), server.port())) {
        other.getOutputStream().write(1);
      }
    });
  }

  @Test
  void aTakenPortIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, LOCAL)) {
      InetSocketAddress there = new InetSocketAddress(LOCAL, taken.getLocalPort());
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(
              () -> MetricsServer.start(there, proxy, histograms, control, MetricsLimits.DEFAULT))
          .withMessage("cannot listen on 127.0.0.1:" + taken.getLocalPort()
              + " for metrics: Address already in use");
    }
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> MetricsServer.start(
            InetSocketAddress.createUnresolved("no.such.host.invalid", 9127), proxy, histograms,
            control, MetricsLimits.DEFAULT))
        .withMessageStartingWith("cannot listen on no.such.host.invalid:9127 for metrics");
  }

  private MetricsServer start(MetricsLimits limits) throws IOException {
    return MetricsServer.start(new InetSocketAddress(LOCAL, 0), proxy, histograms, control,
        limits, Duration.ofMillis(1500));
  }

  private void assertUnready(String reason) throws Exception {
    HttpResponse<String> answer = get("/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo(reason);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }
}
