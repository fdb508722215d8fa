package dev.weir.admin.service;

import dev.weir.admin.FakeMysql;
import dev.weir.admin.FakeProxy;
import dev.weir.admin.proxysql.AdminClient;
import dev.weir.admin.proxysql.AdminOptions;
import dev.weir.admin.proxysql.ProxysqlAdmin;
import dev.weir.admin.sqlite.StoreLimits;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AdminServicesTest {
  private static final AdminClient ADMIN = new AdminClient("admin", Access.ADMIN, 1);

  @Test
  void theRestPortFollowsItsVariables() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    FakeMysql mysql = new FakeMysql();
    try (ProxysqlAdmin admin = ProxysqlAdmin
        .open(new AdminOptions(null, null, AdminOptions.Saved.KEPT, StoreLimits.DEFAULT));
        AdminServices services = new AdminServices(admin, mysql, Runnable::run)) {
      admin.serve(mysql, new FakeProxy(), mysql, Runnable::run);
      admin.onLoaded(services::loaded);
      services.start();
      assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> metrics(port));

      run(admin, "SET admin-restapi_port = " + port);
      run(admin, "SET admin-restapi_enabled = true");
      run(admin, "LOAD ADMIN VARIABLES TO RUNTIME");
      assertThat(metrics(port)).contains("proxysql_questions_total 1234");
      Answer shown = admin.run(ADMIN, "SHOW PROMETHEUS METRICS", List.of()).toCompletableFuture()
          .join();
      String[] lines = String.valueOf(((Answer.Rows) shown).table().rows().getFirst().getFirst())
          .split("\n", -1);
      assertThat(lines).anyMatch(line -> line.matches("proxysql_fds_in_use [1-9][0-9]*"));
      assertThat(metrics(port).split("\n", -1)).filteredOn(line -> !line.contains("fds_in_use "))
          .containsExactlyElementsOf(
              Stream.of(lines).filter(line -> !line.contains("fds_in_use ")).toList());

      run(admin, "SET admin-restapi_enabled = false");
      run(admin, "LOAD ADMIN VARIABLES TO RUNTIME");
      assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> metrics(port));
    }
  }

  private static void run(ProxysqlAdmin admin, String statement) {
    assertThat(admin.run(ADMIN, statement, List.of()).toCompletableFuture().join())
        .isInstanceOf(Answer.Done.class);
  }

  private static String metrics(int port) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
          HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
