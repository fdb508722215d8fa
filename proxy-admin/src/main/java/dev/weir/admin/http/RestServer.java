package dev.weir.admin.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.admin.job.Script;
import dev.weir.admin.message.MessageCounts;
import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.RestapiRoute;
import dev.weir.core.control.MysqlView;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** ProxySQL's REST port: {@code /metrics} under its names, and {@code /sync/…} for the scripts of {@code restapi_routes}. Thread-safe. */
public final class RestServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);
  private static final int BACKLOG = 50;
  private static final int MOST_BODY = 128 * 1024;
  private static final int MOST_SCRIPTS = 20;
  private static final int LONGEST_ECHO = 16 * 1024;
  private static final long DEADLINE_SECONDS = 5;
  private static final String SYNC = "/sync/";

  private final HttpServer server;
  private final ExecutorService threads;
  private final Supplier<MysqlConfig> config;
  private final MysqlView view;
  private final MessageCounts messages;
  private final Executor controlThread;
  private final Semaphore scripts = new Semaphore(MOST_SCRIPTS);

  private RestServer(HttpServer server, ExecutorService threads, Supplier<MysqlConfig> config,
      MysqlView view, MessageCounts messages, Executor controlThread) {
    this.server = server;
    this.threads = threads;
    this.config = config;
    this.view = view;
    this.messages = messages;
    this.controlThread = controlThread;
  }

  /** @throws IOException naming the address, when it cannot be listened on */
  public static RestServer start(InetSocketAddress address, Supplier<MysqlConfig> config,
      MysqlView view, MessageCounts messages, Executor controlThread) throws IOException {
    MetricsServer.boundRequests();
    HttpServer server;
    try {
      server = HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      throw new IOException(
          "cannot listen on " + address.getHostString() + ":" + address.getPort() + " for REST: "
              + e.getMessage(),
          e);
    }
    ExecutorService threads = Executors
        .newThreadPerTaskExecutor(Thread.ofVirtual().name("rest-", 0).factory());
    RestServer rest = new RestServer(server, threads, config, view, messages, controlThread);
    server.setExecutor(threads);
    server.createContext("/", rest::handle);
    server.start();
    return rest;
  }

  /** The port in use, also when 0 was asked for. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/metrics") && exchange.getRequestMethod().equals("GET")) {
        metrics(exchange);
      } else if (path.startsWith(SYNC)) {
        script(exchange, path.substring(SYNC.length()));
      } else {
        reply(exchange, 400, error("The requested resource does not exist"));
      }
    } catch (RuntimeException e) {
      LOG.error("request for {} failed", exchange.getRequestURI(), e);
    }
  }

  private void metrics(HttpExchange exchange) throws IOException {
    ProxysqlMetrics.Facts facts = facts();
    if (facts == null) {
      reply(exchange, 503, error("the proxy does not answer"));
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    send(exchange, 200, ProxysqlMetrics.text(facts, config.get().variables(), messages.totals()));
  }

  private ProxysqlMetrics.@Nullable Facts facts() {
    try {
      return CompletableFuture
          .supplyAsync(() -> ProxysqlMetrics.Facts.read(view), controlThread)
          .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | RejectedExecutionException e) {
      LOG.warn("the control thread does not answer the REST port");
    } catch (ExecutionException e) {
      LOG.error("facts for the REST port could not be read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return null;
  }

  private void script(HttpExchange exchange, String uri) throws IOException {
    String method = exchange.getRequestMethod();
    RestapiRoute route = route(method, uri);
    if (route == null) {
      reply(exchange, 400, error("The requested endpoint does not exist"));
      return;
    }
    String input = method.equals("POST")
        ? body(exchange)
        : parameters(exchange.getRequestURI().getRawQuery());
    if (input == null || !Json.isObject(input)) {
      reply(exchange, 400, error("The input is not a JSON object"));
      return;
    }
    if (!scripts.tryAcquire()) {
      reply(exchange, 503, error("too many scripts are running"));
      return;
    }
    try {
      run(exchange, route, input);
    } finally {
      scripts.release();
    }
  }

  private @Nullable RestapiRoute route(String method, String uri) {
    for (RestapiRoute route : config.get().rows(ConfigTables.RESTAPI_ROUTES)) {
      if (route.active() && route.method().equalsIgnoreCase(method) && route.uri().equals(uri)) {
        return route;
      }
    }
    return null;
  }

  private static void run(HttpExchange exchange, RestapiRoute route, String input)
      throws IOException {
    switch (Script.run(List.of(route.script(), input), route.timeoutMs())) {
      case Script.Outcome.Ended(int status, String out, String err) -> {
        if (status == 0 && Json.isValue(out)) {
          reply(exchange, 200, out);
        } else {
          reply(exchange, 424, "{\"type\":\"out\",\"error\":"
              + Json.quoted(status == 0
                  ? "the script's output is not JSON"
                  : "the script failed")
              + ",\"error_code\":\"" + status + "\",\"script_stdout\":" + Json.quoted(cut(out))
              + ",\"script_stderr\":" + Json.quoted(cut(err)) + "}");
        }
      }
      case Script.Outcome.Failed(String why) -> reply(exchange, 424,
          "{\"type\":\"out\",\"error\":" + Json.quoted(why)
              + ",\"error_code\":\"-1\",\"script_stdout\":\"\",\"script_stderr\":\"\"}");
    }
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_ECHO ? text : text.substring(0, LONGEST_ECHO);
  }

  private static @Nullable String body(HttpExchange exchange) throws IOException {
    byte[] bytes = exchange.getRequestBody().readNBytes(MOST_BODY + 1);
    return bytes.length > MOST_BODY ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  /** The query string as a JSON object of texts; null when it is none. */
  private static @Nullable String parameters(@Nullable String query) {
    StringBuilder json = new StringBuilder("{");
    if (query != null && !query.isEmpty()) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        try {
          String name = URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals),
              StandardCharsets.UTF_8);
          String value = equals < 0
              ? ""
              : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
          json.append(json.length() == 1 ? "" : ",").append(Json.quoted(name)).append(':')
              .append(Json.quoted(value));
        } catch (IllegalArgumentException e) { // a percent sign without its digits
          return null;
        }
      }
    }
    return json.append('}').toString();
  }

  private static String error(String text) {
    return "{\"type\":\"in\",\"error\":" + Json.quoted(text) + "}";
  }

  private static void reply(HttpExchange exchange, int status, String json) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    send(exchange, status, json);
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, exchange.getRequestMethod().equals("HEAD")
        ? -1
        : bytes.length == 0 ? -1 : bytes.length);
    if (!exchange.getRequestMethod().equals("HEAD") && bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }
}
