package dev.weir.admin.console;

import dev.weir.admin.FakeProxy;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.LocalEndpoint;
import dev.weir.core.control.LocalEndpoint.LocalClient;
import dev.weir.core.control.LocalSession;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class WaitingCommandsTest {
  private static final Answer CANCELED = new Answer.Failed("57014",
      "canceling statement due to user request");

  private final FakeProxy proxy = new FakeProxy();
  private final Console console = new Console(proxy, proxy, Runnable::run);
  private final LocalSession session = console
      .open(new LocalClient("root", Access.ADMIN, 1, LocalEndpoint.Wire.PG));

  WaitingCommandsTest() {
    proxy.until = new CompletableFuture<>();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PAUSE", "PAUSE shop", "SUSPEND", "WAIT_CLOSE", "WAIT_CLOSE shop"})
  void theAnswerComesWhenTheWaitIsOver(String statement) {
    CompletableFuture<Answer> answer = run(session, statement);
    assertThat(answer).isNotDone();
    proxy.until.complete(null);
    assertThat(answer).isCompletedWithValue(Answer.Done.of(statement.replaceFirst(" .*", "")));
  }

  @Test
  void aWaitingCommandDoesNotHoldUpOthers() {
    CompletableFuture<Answer> pause = run(session, "PAUSE");
    LocalSession other = console
        .open(new LocalClient("root", Access.ADMIN, 2, LocalEndpoint.Wire.PG));
    assertThat(run(other, "SHOW STATE")).isDone();
    assertThat(run(session, "SHOW STATE")).isDone();
    assertThat(pause).isNotDone();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PAUSE", "PAUSE shop", "SUSPEND", "WAIT_CLOSE shop"})
  void aCancelRequestAnswersTheWaitingCommandAndEndsThePause(String statement) {
    CompletableFuture<Answer> answer = run(session, statement);
    session.cancel();
    assertThat(answer).isCompletedWithValue(CANCELED);
    assertThat(proxy.until).isCancelled();
    assertThat(proxy.calls).last().isEqualTo("interruptPause");
  }

  @Test
  void aCancelRequestWithoutAnythingWaitingStillEndsThePause() {
    session.cancel();
    assertThat(proxy.calls).containsExactly("interruptPause");
  }

  @Test
  void aCancelRequestIsForOneSession() {
    CompletableFuture<Answer> pause = run(session, "PAUSE shop");
    console.open(new LocalClient("root", Access.ADMIN, 2, LocalEndpoint.Wire.PG)).cancel();
    assertThat(pause).isNotDone();
  }

  @Test
  void aWaitThatFailsIsAnswered() {
    CompletableFuture<Answer> first = run(session, "PAUSE");
    proxy.until.completeExceptionally(new ControlException("pooler is shutting down"));
    assertThat(first).isCompletedWithValue(new Answer.Failed("08P01", "pooler is shutting down"));
    proxy.until = new CompletableFuture<>();
    CompletableFuture<Answer> second = run(session, "PAUSE");
    proxy.until.cancel(false);
    assertThat(second).isCompletedWithValue(CANCELED);
  }

  @Test
  void aClosedSessionLeavesItsWaits() {
    CompletableFuture<Answer> answer = run(session, "PAUSE");
    session.closed();
    assertThat(answer).isCompletedWithValue(new Answer.Hangup());
    assertThat(proxy.until).isCancelled();
    assertThat(proxy.calls).containsExactly("pause null"); // the pause itself outlives its console
  }

  @Test
  void whenTheLastConsoleLeavesASuspendedProxyItResumes() {
    LocalSession other = console
        .open(new LocalClient("root", Access.ADMIN, 2, LocalEndpoint.Wire.PG));
    proxy.suspended = true;
    session.closed();
    session.closed();
    assertThat(proxy.calls).isEmpty();
    other.closed();
    assertThat(proxy.calls).containsExactly("interruptPause");
  }

  @Test
  void waitingCommandsAreCounted() {
    List<CompletableFuture<Answer>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(run(session, "PAUSE"));
    }
    assertThat(all).noneMatch(CompletableFuture::isDone);
    assertThat(run(session, "PAUSE"))
        .isCompletedWithValue(new Answer.Failed("53400", "too many commands are waiting"));
    proxy.until.complete(null);
    assertThat(all).allMatch(CompletableFuture::isDone);
    assertThat(run(session, "SHOW STATE").join()).isInstanceOf(Answer.Rows.class);
  }

  private static CompletableFuture<Answer> run(LocalSession session, String statement) {
    return session.run(statement).toCompletableFuture();
  }
}
