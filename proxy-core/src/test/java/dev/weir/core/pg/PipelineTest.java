package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.core.pg.PgSession.State;
import dev.weir.core.pool.ServerState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.core.pg.PocketPostgres.int16;
import static dev.weir.core.pg.PocketPostgres.int32;
import static dev.weir.core.pg.PocketPostgres.message;
import static dev.weir.core.pg.PocketPostgres.text;
import static dev.weir.core.pg.Scene.DONE;
import static dev.weir.core.pg.Scene.join;
import static dev.weir.core.pg.Scene.ready;
import static org.assertj.core.api.Assertions.assertThat;

/** Requests that change what those behind them mean, and messages that come where nobody waits for them. */
class PipelineTest {
  // --- statements that are thrown away in a pipeline ---

  private static byte[] parse(String name, String sql) {
    return message('P', text(name), text(sql), int16(0));
  }

  private static byte[] bind(String name) {
    return message('B', text(""), text(name), int16(0), int16(0), int16(0));
  }

  private static byte[] execute() {
    return message('E', text(""), int32(0));
  }

  /** In the simple protocol, and in the extended one without a Sync, where the server must be made to answer. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNameIsFreeBehindADiscardInTheSamePipeline(boolean simple) throws Exception {
    try (Scene scene = new Scene("", true)) {
      scene.fromClient(parse("s", "rows 1 1"), message('S'));
      scene.serverGot();
      scene.fromServer(message('1'), ready('I'));
      byte[] discard = simple
          ? message('Q', text("/* all */ Discard All"))
          : join(parse("", "DEALLOCATE ALL"), bind(""), execute());
      scene.fromClient(discard, parse("s", "rows 1 1"), bind("s"), execute(), message('S'));
      assertThat(scene.serverGot()).containsIgnoringCase("all").doesNotContain("PGBOUNCER");
      scene.fromServer(simple
          ? join(message('C', text("DISCARD ALL")), ready('I'))
          : join(message('1'), message('2'), message('C', text("DEALLOCATE ALL"))));
      assertThat(scene.serverGot()).as("prepared anew").contains("P", "PGBOUNCER", "rows 1 1");
    }
  }

  @Test
  void whatFollowsAnyOtherQueryIsNotHeldBack() throws Exception {
    try (Scene scene = new Scene("", true)) {
      scene.fromClient(message('Q', text("set a = 1")), parse("s", "rows 1 1"), message('S'));
      assertThat(scene.serverGot()).contains("set a = 1", "PGBOUNCER", "rows 1 1");
    }
  }

  // --- COPY ---

  @Test
  void aSyncAmidCopyDataIsIgnored() throws Exception {
    try (Scene scene = new Scene("", true)) {
      scene.fromClient(parse("", "copy"), bind(""), execute(), message('S'));
      scene.fromServer(message('1'), message('2'), message('G', new byte[]{0}, int16(0)));
      scene.fromClient(message('d', text("a")), message('S'), message('d', text("b")),
          message('c'), message('S'));
      scene.fromServer(message('C', text("COPY 2")), ready('I'));
      assertThat(scene.client.state()).isEqualTo(State.IDLE);
      assertThat(scene.serverState()).isEqualTo(ServerState.IDLE);
    }
  }

  /** Before and after the server has said that it takes data. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCopyThatFailsWithASyncAmidItsDataEndsTheSession(boolean early) throws Exception {
    try (Scene scene = new Scene("", true)) {
      byte[] begun = join(message('1'), message('2'), message('G', new byte[]{0}, int16(0)));
      scene.fromClient(parse("", "copy"), bind(""), execute());
      if (!early) {
        scene.fromServer(begun);
      }
      scene.fromClient(message('d', text("a")), message('S'), message('d', text("b")));
      if (early) {
        scene.fromServer(begun);
      }
      scene.fromServer(
          message('E', text("SERROR"), text("C22P04"), text("Mbad row"), new byte[1]));
      assertThat(scene.client.state()).isEqualTo(State.CLOSED);
      assertThat(scene.clientGot()).contains("bad row", Refusal.SYNC_AMID_COPY.message());
      assertThat(scene.serverState()).isEqualTo(ServerState.CLOSED);
    }
  }

  /** As the second of two in one pipeline, of which the server has seen nothing yet. */
  @Test
  void theSyncBehindExecuteIsNotAmidTheDataOfTheCopyBefore() throws Exception {
    try (Scene scene = new Scene("", true)) {
      byte[] begun = message('G', new byte[]{0}, int16(0));
      byte[] failed = join(
          message('E', text("SERROR"), text("C22P04"), text("Mbad row"), new byte[1]),
          ready('I'));
      scene.fromClient(message('Q', text("copy")), message('d', text("a")), message('c'),
          parse("", "copy"), bind(""), execute(), message('S'), message('d', text("a")),
          message('c'), message('S'));
      scene.fromServer(begun, failed, message('1'), message('2'), begun, failed);
      assertThat(scene.client.state()).isEqualTo(State.IDLE);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theSyncBehindExecuteIsNotAmidTheData(boolean late) throws Exception {
    try (Scene scene = new Scene("", true)) {
      byte[] sync = message('S');
      scene.fromClient(parse("", "copy"), bind(""), execute(), late ? new byte[0] : sync);
      scene.fromServer(message('1'), message('2'), message('G', new byte[]{0}, int16(0)));
      scene.fromClient(late ? sync : new byte[0], message('d', text("a")), message('c'),
          message('S'));
      scene.fromServer(
          message('E', text("SERROR"), text("C22P04"), text("Mbad row"), new byte[1]),
          ready('I'));
      assertThat(scene.client.state()).isEqualTo(State.IDLE);
      assertThat(scene.serverState()).isEqualTo(ServerState.IDLE);
    }
  }

  // --- the end of a server's login ---

  private static ServerState afterLoginWith(Scene scene, byte[] behind) throws Exception {
    return scene.on(() -> {
      PgPool pool = scene.bench.pool();
      PgServer server = new PgServer(pool, scene.bench.worker(), System.nanoTime());
      scene.serverIs(server);
      pool.pool().add(server);
      server.connected(scene.serverLink,
          InetSocketAddress.createUnresolved("127.0.0.1", 1), "127.0.0.1", "127.0.0.1",
          1);
      ByteBuf bytes = Unpooled.wrappedBuffer(behind);
      server.loggedIn(new ParameterValues(), null, bytes);
      bytes.release();
      return server.state();
    });
  }

  @Test
  void whatAServerReportsRightBehindItsLoginIsTaken() throws Exception {
    try (Scene scene = new Scene("", false)) {
      byte[] behind = join(message('S', text("TimeZone"), text("CET")),
          message('N', text("SNOTICE"), new byte[1]), message('A', int32(1), text("c"), text("")));
      assertThat(afterLoginWith(scene, behind)).isEqualTo(ServerState.IDLE);
      assertThat(scene.server().parameters()
          .get(scene.client.runtime().tracked().find("TimeZone"))).isEqualTo("CET");
    }
  }

  @Test
  void anAnswerRightBehindTheLoginIsNobodys() throws Exception {
    try (Scene scene = new Scene("", false)) {
      assertThat(afterLoginWith(scene, DONE)).isEqualTo(ServerState.CLOSED);
    }
  }
}
