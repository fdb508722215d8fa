package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.core.pg.PgSession.State;
import dev.weir.core.pool.ServerState;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.core.pg.PocketPostgres.message;
import static dev.weir.core.pg.PocketPostgres.text;
import static dev.weir.core.pg.Scene.DONE;
import static dev.weir.core.pg.Scene.ready;
import static dev.weir.core.pg.Scene.shown;
import static org.assertj.core.api.Assertions.assertThat;

/** A session's states and what happens in them, one event at a time, between links that the test holds. */
class PgSessionTest {
  private static final byte[] QUERY = message('Q', text("select 1"));

  private static Scene attached(String settings) throws Exception {
    Scene scene = new Scene(settings, true);
    scene.fromClient(QUERY);
    assertThat(scene.client.state()).isEqualTo(State.ATTACHED);
    assertThat(scene.serverGot()).contains("select 1");
    return scene;
  }

  private static Scene waiting() throws Exception {
    Scene scene = new Scene("", false);
    scene.fromClient(QUERY);
    assertThat(scene.client.state()).isEqualTo(State.WAITING);
    return scene;
  }

  /** The client's time zone is not the server's. */
  private static Scene syncing() throws Exception {
    Scene scene = new Scene("", true);
    scene.on(() -> {
      scene.client.parameters().set(scene.client.runtime().tracked().track("TimeZone"), "CET");
      return true;
    });
    scene.fromClient(QUERY);
    assertThat(scene.client.state()).isEqualTo(State.SYNCING);
    return scene;
  }

  // --- idle ---

  @Test
  void anIdleClientThatLeavesTouchesNoServer() throws Exception {
    try (Scene scene = new Scene("", true)) {
      scene.fromClient(message('X'));
      assertThat(scene.client.state()).isEqualTo(State.CLOSED);
      assertThat(scene.serverGot()).isEmpty();
      assertThat(scene.serverState()).isEqualTo(ServerState.IDLE);
    }
  }

  @ParameterizedTest
  @ValueSource(chars = {'d', 'c', 'f', 'H'})
  void whatPostgresWouldIgnoreNeedsNoServer(char tag) throws Exception {
    try (Scene scene = new Scene("", true)) {
      scene.fromClient(message(tag, text("left over")));
      assertThat(scene.client.state()).isEqualTo(State.IDLE);
      assertThat(scene.serverGot()).isEmpty();
    }
  }

  @Test
  void anIdleClientIsSentAwayAfterItsTime() throws Exception {
    try (Scene scene = new Scene("client_idle_timeout=5", true)) {
      scene.tick(4);
      assertThat(scene.client.state()).isEqualTo(State.IDLE);
      scene.tick(6);
      assertThat(scene.client.state()).isEqualTo(State.CLOSED);
      assertThat(scene.clientGot()).contains("client_idle_timeout");
    }
  }

  // --- waiting ---

  @Test
  void whatAWaitingClientSendsReachesTheServerInOrder() throws Exception {
    try (Scene scene = waiting()) {
      scene.fromClient(message('Q', text("select 2")));
      scene.serverComes();
      assertThat(scene.client.state()).isEqualTo(State.ATTACHED);
      assertThat(scene.serverGot()).matches(".*select 1.*select 2.*");
    }
  }

  @Test
  void aWaitingClientIsNotReadForEver() throws Exception {
    try (Scene scene = waiting()) {
      scene.fromClient(message('Q', new byte[70_000]));
      assertThat(scene.clientLink.paused()).isTrue();
      scene.serverComes();
      assertThat(scene.clientLink.paused()).isFalse();
    }
  }

  @Test
  void aWaitingClientThatLeavesGetsNoServer() throws Exception {
    try (Scene scene = waiting()) {
      scene.on(() -> {
        scene.clientLink.lose();
        return true;
      });
      assertThat(scene.client.state()).isEqualTo(State.CLOSED);
      scene.serverComes();
      assertThat(scene.serverState()).isEqualTo(ServerState.IDLE);
      assertThat(scene.serverGot()).isEmpty();
    }
  }

  @Test
  void aWaitingClientIsToldWhyThereIsNoServer() throws Exception {
    try (Scene scene = waiting()) {
      scene.on(() -> {
        scene.client.onRefused(Refusal.SERVER_SHUTTING_DOWN);
        return true;
      });
      assertThat(scene.client.state()).isEqualTo(State.CLOSED);
      assertThat(scene.clientGot()).contains(Refusal.SERVER_SHUTTING_DOWN.message());
    }
  }

  // --- syncing ---

  @Test
  void parametersAreSetBeforeTheQueryIsSent() throws Exception {
    try (Scene scene = syncing()) {
      assertThat(scene.serverGot()).contains("SET TimeZone='CET'").doesNotContain("select");
      scene.fromServer(message('S', text("TimeZone"), text("CET")), message('C', text("SET")),
          ready('I'));
      assertThat(scene.client.state()).isEqualTo(State.ATTACHED);
      assertThat(scene.clientGot()).isEmpty();
      assertThat(scene.serverGot()).contains("select 1");
    }
  }

  @Test
  void aRefusedParameterEndsTheSession() throws Exception {
    try (Scene scene = syncing()) {
      scene.fromServer(message('E', text("SERROR"), text("C22023"), text("Mno"), new byte[1]),
          ready('I'));
      assertThat(scene.client.state()).isEqualTo(State.CLOSED);
      assertThat(scene.clientGot()).contains(Refusal.INVALID_SERVER_PARAMETER.message());
      assertThat(scene.serverGot()).doesNotContain("select 1");
    }
  }

  @Test
  void aServerWhoseClientLeftWhileItWasPreparedIsUsedAgain() throws Exception {
    try (Scene scene = syncing()) {
      scene.on(() -> {
        scene.clientLink.lose();
        return true;
      });
      assertThat(scene.serverState()).isEqualTo(ServerState.TESTED);
      scene.fromServer(message('C', text("SET")), ready('I'));
      assertThat(scene.serverState()).isEqualTo(ServerState.IDLE);
    }
  }

  @Test
  void aServerThatNeverAnswersTheSettingsOfAClientThatLeftIsClosed() throws Exception {
    try (Scene scene = syncing()) {
      scene.on(() -> {
        scene.clientLink.lose();
        return true;
      });
      scene.tick(16); // server_connect_timeout is 15
      assertThat(scene.serverState()).isEqualTo(ServerState.CLOSED);
    }
  }

  // --- attached ---

  @Test
  void theServerGoesBackWhenAllIsAnswered() throws Exception {
    try (Scene scene = attached("")) {
      scene.fromServer(message('C', text("SELECT 1")));
      assertThat(scene.client.state()).isEqualTo(State.ATTACHED);
      scene.fromServer(ready('I'));
      assertThat(scene.client.state()).isEqualTo(State.IDLE);
      assertThat(scene.serverState()).isEqualTo(ServerState.IDLE);
      assertThat(scene.clientGot()).isEqualTo(shown(DONE));
    }
  }

  @Test
  void anOpenTransactionKeepsTheServer() throws Exception {
    try (Scene scene = attached("")) {
      scene.fromServer(message('C', text("BEGIN")), ready('T'));
      assertThat(scene.client.state()).isEqualTo(State.ATTACHED);
    }
  }

  @Test
  void aMessageCutInTheMiddleKeepsTheServer() throws Exception {
    try (Scene scene = attached("")) {
      scene.fromClient(new byte[]{'Q', 0, 0, 0, 20, 'x'});
      scene.fromServer(DONE);
      assertThat(scene.client.state()).isEqualTo(State.ATTACHED);
    }
  }

  @Test
  void statementPoolingAllowsNoTransaction() throws Exception {
    try (Scene scene = attached("pool_mode=statement")) {
      scene.fromServer(message('C', text("BEGIN")), ready('T'));
      assertThat(scene.client.state()).isEqualTo(State.CLOSED);
      assertThat(scene.clientGot()).contains(Refusal.NO_TRANSACTION_BLOCKS.message());
      assertThat(scene.serverState()).isEqualTo(ServerState.CLOSED);
    }
  }

  @Test
  void aLostServerEndsTheSession() throws Exception {
    try (Scene scene = attached("")) {
      scene.on(() -> {
        scene.serverLink.lose();
        return true;
      });
      assertThat(scene.client.state()).isEqualTo(State.CLOSED);
      assertThat(scene.clientGot()).contains(Refusal.SERVER_CRASHED.message());
    }
  }

  @Test
  void aServerThatStillWorksForAClientThatLeftIsClosed() throws Exception {
    try (Scene scene = attached("")) {
      scene.on(() -> {
        scene.clientLink.lose();
        return true;
      });
      assertThat(scene.serverState()).isEqualTo(ServerState.CLOSED);
    }
  }

  @Test
  void aClientThatLeavesInTheMiddleOfAMessageLeavesAServerThatIsNotEvenSaidGoodbyeTo()
      throws Exception {
    try (Scene scene = new Scene("", true)) {
      scene.fromClient(new byte[]{'Q', 0, 0, 0, 20, 'x'});
      scene.serverGot();
      scene.on(() -> {
        scene.clientLink.lose();
        return true;
      });
      assertThat(scene.serverGot()).isEmpty();
      assertThat(scene.serverLink.aborted).isTrue();
    }
  }

  @Test
  void aSlowServerStopsTheClientAndAQuickOneLetsItGoOn() throws Exception {
    try (Scene scene = attached("")) {
      scene.on(() -> {
        scene.serverLink.writable(false);
        return true;
      });
      scene.fromClient(QUERY);
      assertThat(scene.clientLink.paused()).isTrue();
      scene.on(() -> {
        scene.serverLink.writable(true);
        return true;
      });
      assertThat(scene.clientLink.paused()).isFalse();
    }
  }

  @Test
  void aQueryMayTakeItsTimeAndNoMore() throws Exception {
    try (Scene scene = attached("query_timeout=10")) {
      scene.tick(9);
      assertThat(scene.client.state()).isEqualTo(State.ATTACHED);
      scene.tick(11);
      assertThat(scene.client.state()).isEqualTo(State.CLOSED);
      assertThat(scene.clientGot()).contains("query timeout");
    }
  }

  @Test
  void suspendStopsReadingOnBothSidesAndLetsThemGoOn() throws Exception {
    try (Scene scene = attached("")) {
      scene.on(() -> {
        scene.client.suspend(true);
        scene.server().suspend(true);
        scene.clientLink.writable(false);
        scene.server().resume(); // somebody else's reason does not end it
        return scene.client.runtime();
      });
      assertThat(scene.clientLink.paused()).isTrue();
      assertThat(scene.serverLink.paused()).isTrue();
      scene.on(() -> {
        scene.clientLink.writable(true);
        scene.client.suspend(false);
        scene.server().suspend(false);
        return true;
      });
      assertThat(scene.clientLink.paused()).isFalse();
      assertThat(scene.serverLink.paused()).isFalse();
    }
  }

  // --- leaving a server of one's own ---

  @Test
  void aSessionsServerIsResetWhenItsClientLeaves() throws Exception {
    try (Scene scene = attached("pool_mode=session")) {
      scene.fromServer(DONE);
      assertThat(scene.client.state()).isEqualTo(State.ATTACHED);
      scene.fromClient(message('X'));
      assertThat(scene.serverState()).isEqualTo(ServerState.TESTED);
      assertThat(scene.serverGot()).contains("DISCARD ALL");
      scene.fromServer(message('C', text("DISCARD ALL")), ready('I'));
      assertThat(scene.serverState()).isEqualTo(ServerState.IDLE);
    }
  }

  @Test
  void aServerThatNeverAnswersTheResetQueryIsClosed() throws Exception {
    try (Scene scene = attached("pool_mode=session\nserver_connect_timeout=7")) {
      scene.fromServer(DONE);
      scene.fromClient(message('X'));
      scene.tick(6);
      assertThat(scene.serverState()).isEqualTo(ServerState.TESTED);
      scene.tick(8);
      assertThat(scene.serverState()).isEqualTo(ServerState.CLOSED);
    }
  }

  // --- closed ---

  @Test
  void nothingHappensInAClosedSession() throws Exception {
    try (Scene scene = attached("")) {
      scene.on(() -> {
        scene.client.close(null, "test");
        scene.client.onBytes(ByteBufAllocator.DEFAULT.directBuffer().writeBytes(QUERY));
        scene.client.readyForQuery((byte) 'I', true);
        scene.client.synced(null);
        scene.client.caughtUp();
        scene.client.onRefused(Refusal.SERVER_CRASHED);
        scene.client.serverLost(Refusal.SERVER_CRASHED);
        scene.client.close(Refusal.SERVER_CRASHED, "again");
        scene.client.tick(System.nanoTime());
        return true;
      });
      assertThat(scene.client.state()).isEqualTo(State.CLOSED);
      assertThat(scene.clientGot()).isEmpty();
    }
  }
}
