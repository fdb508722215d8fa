package dev.weir.admin.http;

import dev.weir.admin.FakeMysql;
import dev.weir.admin.message.MessageCounts;
import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.RestapiRoute;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RestServerTest {
  private final FakeMysql mysql = new FakeMysql();

  @TempDir Path directory;

  private HttpResponse<String> ask(List<RestapiRoute> routes, String method, String path,
      String body) throws IOException, InterruptedException {
    MysqlConfig config = MysqlConfig.defaults().with(ConfigTables.RESTAPI_ROUTES, routes);
    try (
        MessageCounts messages = MessageCounts.install();
        RestServer server = RestServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), () -> config, mysql,
            messages, Runnable::run);
        HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
              .method(method, body.isEmpty()
                  ? HttpRequest.BodyPublishers.noBody()
                  : HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private RestapiRoute route(String method, String uri, String script) throws IOException {
    Path file = directory.resolve(uri + ".sh");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return new RestapiRoute(1, true, 20_000, method, uri, file.toString(), "");
  }

  @Test
  void metricsHaveTheNamesOfTheOriginal() throws Exception {
    HttpResponse<String> answer = ask(List.of(), "GET", "/metrics", "");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("""
        # TYPE proxysql_questions_total counter
        proxysql_questions_total 1234
        """)
        .contains("proxysql_client_connections_connected 2\n")
        .contains(
            "proxysql_connpool_conns{endpoint=\"10.0.0.1:3306\",hostgroup=\"1\",status=\"used\"} 2\n")
        .contains("proxysql_connpool_conns_status{endpoint=\"10.0.0.2:3306\",hostgroup=\"2\"} 2\n")
        .contains("proxysql_mysql_monitor_ping_timeout_seconds 1\n")
        .contains("proxysql_query_digest_memory_bytes 4096\n")
        .contains("proxysql_mysql_error_total{hostgroup=\"1\"");
    assertThat(answer.body().lines().filter(line -> line.startsWith("# TYPE")))
        .doesNotHaveDuplicates();
  }

  @Test
  void aScriptGetsItsInputAsOneArgument() throws Exception {
    RestapiRoute get = route("GET", "echo", "echo \"$1\"");

    HttpResponse<String> answer = ask(List.of(get), "GET", "/sync/echo?a=1&b=x%22y", "");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body().strip()).isEqualTo("{\"a\":\"1\",\"b\":\"x\\\"y\"}");
    RestapiRoute post = route("POST", "post", "echo \"$1\"");
    assertThat(ask(List.of(post), "POST", "/sync/post", "{\"n\": [1, 2.5e3, null]}").body().strip())
        .isEqualTo("{\"n\": [1, 2.5e3, null]}");
  }

  @Test
  void aScriptSeesNothingOfTheProxysEnvironment() throws Exception {
    RestapiRoute route = route("GET", "env", "echo \"\\\"${HOME}${USER}${JAVA_HOME}\\\"\"");

    assertThat(ask(List.of(route), "GET", "/sync/env", "").body().strip()).isEqualTo("\"\"");
  }

  @Test
  void whatGoesWrongIsTold() throws Exception {
    RestapiRoute failing = route("GET", "fails", "echo out; echo err >&2; exit 3");
    HttpResponse<String> failed = ask(List.of(failing), "GET", "/sync/fails", "");
    assertThat(failed.statusCode()).isEqualTo(424);
    assertThat(failed.body()).isEqualTo(
        "{\"type\":\"out\",\"error\":\"the script failed\",\"error_code\":\"3\",\"script_stdout\":\"out\\u000a\",\"script_stderr\":\"err\\u000a\"}");

    RestapiRoute text = route("GET", "text", "echo hello");
    assertThat(ask(List.of(text), "GET", "/sync/text", "").body())
        .contains("the script's output is not JSON");
    RestapiRoute gone = new RestapiRoute(1, true, 1000, "GET", "gone", "/no/such/script", "");
    assertThat(ask(List.of(gone), "GET", "/sync/gone", "").statusCode()).isEqualTo(424);
    RestapiRoute post = route("POST", "post", "echo 1");
    assertThat(ask(List.of(post), "POST", "/sync/post", "[1]").statusCode()).isEqualTo(400);
    assertThat(ask(List.of(post), "GET", "/sync/post", "").statusCode()).isEqualTo(400);
    assertThat(ask(List.of(), "GET", "/", "").statusCode()).isEqualTo(400);
  }

  @Test
  void aScriptThatDoesNotEndIsEnded() throws Exception {
    RestapiRoute slow = route("GET", "slow", "exec sleep 60");
    RestapiRoute bounded = new RestapiRoute(1, true, 300, "GET", "slow", slow.script(), "");

    assertThat(ask(List.of(bounded), "GET", "/sync/slow", "").body())
        .contains("the script took longer than 300 ms");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}",
    " {\"a\" : {\"b\": [true, false, null, -1.5e+3, \"\\u00e9\\n\"]}} "})
  void anObjectIsOne(String text) {
    assertThat(Json.isObject(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "1", "{a:1}", "{\"a\"}", "{\"a\":}", "{\"a\":01}",
    "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{} x", "{\"a\":1,}", "{\"a\":tru}", "{\"a\":\"\\u12"})
  void whatIsNoObjectIsNone(String text) {
    assertThat(Json.isObject(text)).isFalse();
    assertThat(Json.isObject("{\"a\":" + "[".repeat(100_000))).isFalse();
  }
}
