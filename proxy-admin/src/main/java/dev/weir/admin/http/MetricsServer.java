package dev.weir.admin.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.core.control.ProxyView;
import dev.weir.core.metrics.PoolHistograms;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET /metrics}, {@code /health} and {@code /ready} on one address, until closed. Thread-safe.
 *
 * <p>One scrape is made at a time; whoever waits longer than the deadline gets 503. Connections and the time that a
 * request may take are bounded by the JDK's server, which knows these bounds as system properties only: we set those
 * that nobody has set.
 */
public final class MetricsServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final int BACKLOG = 50;

  private final HttpServer server;
  private final ExecutorService threads;
  private final ProxyView view;
  private final Executor controlThread;
  private final PrometheusMeterRegistry registry;
  private final Semaphore scrapes = new Semaphore(1, true);
  private final Duration deadline;

  private MetricsServer(HttpServer server, ExecutorService threads, ProxyView view,
      PoolHistograms histograms, Executor controlThread, MetricsLimits limits, Duration deadline) {
    this.server = server;
    this.threads = threads;
    this.view = view;
    this.controlThread = controlThread;
    this.deadline = deadline;
    PrometheusRegistry collectors = new PrometheusRegistry();
    collectors.register(
        new MetricsCollector(() -> ask(() -> ScrapeFacts.read(view, histograms)), limits));
    this.registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, collectors, Clock.SYSTEM);
  }

  /**
   * Begins to listen.
   *
   * @param controlThread where the view may be asked; runs one task at a time
   * @throws IOException naming the address, when it cannot be listened on
   */
  public static MetricsServer start(InetSocketAddress address, ProxyView view,
      PoolHistograms histograms, Executor controlThread, MetricsLimits limits) throws IOException {
    return start(address, view, histograms, controlThread, limits, DEADLINE);
  }

  static MetricsServer start(InetSocketAddress address, ProxyView view, PoolHistograms histograms,
      Executor controlThread, MetricsLimits limits, Duration deadline)
      throws IOException {
    boundRequests();
    HttpServer server;
    try {
      server = HttpServer.create(address, BACKLOG);
    } catch (IOException | IllegalArgumentException e) { // the latter for a name that does not resolve
      String reason = e.getMessage() == null ? "unknown host" : e.getMessage();
      throw new IOException("cannot listen on " + address.getHostString() + ":" + address.getPort()
          + " for metrics: " + reason, e);
    }
    ExecutorService threads = Executors
        .newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
    MetricsServer metrics = new MetricsServer(server, threads, view, histograms, controlThread,
        limits, deadline);
    metrics.begin();
    return metrics;
  }

  /** The port in use, also when 0 was asked for. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Stops at once. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    registry.close();
  }

  private void begin() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      boolean known = "/metrics".equals(path) || "/health".equals(path) || "/ready".equals(path);
      if (!known) {
        reply(exchange, 404, "not found\n");
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        reply(exchange, 405, "only GET is allowed\n");
      } else if (path.equals("/metrics")) {
        metrics(exchange);
      } else if (path.equals("/ready")) {
        String obstacle = ask(this::obstacle).orElse("the control thread does not answer");
        reply(exchange, obstacle.isEmpty() ? 200 : 503,
            obstacle.isEmpty() ? "ready\n" : obstacle + "\n");
      } else {
        reply(exchange, 200, "ok\n");
      }
    } catch (RuntimeException e) {
      LOG.error("request for {} failed", exchange.getRequestURI(), e);
    }
  }

  /** Why no client should be sent here; empty when there is no reason. On the control thread. */
  private String obstacle() {
    if (view.shuttingDown()) {
      return "shutting down";
    }
    if (view.suspended()) {
      return "suspended";
    }
    if (view.paused()) {
      return "paused";
    }
    return view.listeners().isEmpty() ? "not listening" : "";
  }

  private void metrics(HttpExchange exchange) throws IOException {
    String accept = header(exchange, "Accept");
    String type = accept.contains("application/openmetrics-text") ? OPENMETRICS : PROMETHEUS;
    boolean zipped = header(exchange, "Accept-Encoding").contains("gzip");
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    if (!admitted()) {
      reply(exchange, 503, "another scrape is still running\n");
      return;
    }
    try (OutputStream out = zipped ? new GZIPOutputStream(page) : page) {
      registry.scrape(out, type);
    } finally {
      scrapes.release();
    }
    if (zipped) {
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
    }
    reply(exchange, 200, type, page.toByteArray());
  }

  private boolean admitted() {
    try {
      return scrapes.tryAcquire(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Asks on the control thread; empty when there is no answer before the deadline. */
  private <T> Optional<T> ask(Supplier<T> question) {
    try {
      return Optional.of(CompletableFuture.supplyAsync(question, controlThread)
          .get(deadline.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException | RejectedExecutionException e) {
      LOG.warn("the control thread does not answer the metrics server");
    } catch (ExecutionException e) {
      LOG.error("facts for the metrics server could not be read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value.toLowerCase(Locale.ROOT);
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    reply(exchange, status, TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void reply(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  static void boundRequests() {
    setIfAbsent("sun.net.httpserver.maxReqTime", "10"); // seconds until the request must be there
    setIfAbsent("sun.net.httpserver.maxRspTime", "60"); // seconds until the answer must be gone
    setIfAbsent("sun.net.httpserver.maxReqHeaderSize", "16384");
    setIfAbsent("jdk.httpserver.maxConnections", "100");
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
