package dev.weir.admin.console;

import dev.weir.admin.command.Call;
import dev.weir.admin.command.Outcome;
import dev.weir.admin.command.PhraseCommand;
import dev.weir.admin.command.WordCommand;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.LocalSession;
import dev.weir.core.control.ProductVersion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client of the console. Entered from the client's worker; works on the control thread. */
final class ConsoleSession implements LocalSession {
  private static final Logger LOG = LoggerFactory.getLogger(ConsoleSession.class);
  private static final int MOST_PENDING = 100;
  private static final int LONGEST_ECHO = 900;
  private static final List<Map.Entry<String, String>> GREETING = List.of(
      Map.entry("server_version", ProductVersion.SERVER_VERSION),
      Map.entry("client_encoding", "UTF8"),
      Map.entry("server_encoding", "UTF8"),
      Map.entry("DateStyle", "ISO"),
      Map.entry("TimeZone", "GMT"),
      Map.entry("standard_conforming_strings", "on"),
      Map.entry("is_superuser", "on"));

  /** Either what to run or why not. */
  private sealed interface Resolved {
    record Ready(Call call) implements Resolved {}

    record Refused(Answer.Failed why) implements Resolved {}
  }

  /** A command whose answer waits for something. */
  private record Waiting(CompletableFuture<Answer> answer, CompletionStage<Void> until) {}

  private final Console console;
  private final Access access;
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();

  ConsoleSession(Console console, Access access) {
    this.console = console;
    this.access = access;
  }

  @Override
  public Iterable<Map.Entry<String, String>> greeting() {
    return GREETING;
  }

  @Override
  public CompletionStage<Answer> run(String statement, List<@Nullable Object> parameters) {
    if (!parameters.isEmpty()) {
      return CompletableFuture.completedFuture(failed("08P01", "the command takes no parameters"));
    }
    return switch (resolve(statement)) {
      case Resolved.Refused refused -> {
        LOG.error("{}", refused.why().message());
        yield CompletableFuture.completedFuture(refused.why());
      }
      case Resolved.Ready ready -> submit(ready.call());
    };
  }

  @Override
  public CompletionStage<Description> describe(String statement) {
    return CompletableFuture.completedFuture(switch (resolve(statement)) {
      case Resolved.Refused refused -> new Description(0, null, refused.why());
      case Resolved.Ready ready -> new Description(0, ready.call().columns(), null);
    });
  }

  /** Whether this console has a command or a table of that name, whoever may use it. */
  boolean knows(String statement) {
    return switch (Statement.parse(statement)) {
      case Statement.Unknown unknown -> false;
      case Statement.BadArguments bad -> false;
      case Statement.Assignment set -> true;
      case Statement.Phrase phrase ->
        console.commands().phrase(phrase.verb(), phrase.item()) != null;
      case Statement.Words words -> {
        WordCommand command = console.commands().find(words.verb());
        yield command != null && command.call(words.argument()) != null;
      }
    };
  }

  @Override
  public void cancel() {
    execute(() -> {
      abandon(failed("57014", "canceling statement due to user request"));
      console.interrupted();
    });
  }

  @Override
  public void closed() {
    if (closed.compareAndSet(false, true)) {
      execute(() -> {
        abandon(new Answer.Hangup());
        console.sessionClosed();
      });
    }
  }

  /** The one place where rights are checked: nothing runs that has not passed here. */
  private Resolved resolve(String statement) {
    return switch (Statement.parse(statement)) {
      case Statement.Unknown unknown -> refused(invalid(statement));
      case Statement.BadArguments bad -> refused("bad arguments");
      case Statement.Assignment set ->
        allowed(console.commands().set().call(set.key(), set.value()));
      case Statement.Phrase(String verb, String item, String rest) -> {
        PhraseCommand command = console.commands().phrase(verb, item);
        yield command == null ? refused(invalid(statement)) : allowed(command.call(rest));
      }
      case Statement.Words words -> {
        WordCommand command = console.commands().find(words.verb());
        Call call = command == null ? null : command.call(words.argument());
        yield call == null ? refused(invalid(statement)) : allowed(call);
      }
    };
  }

  private Resolved allowed(Call call) {
    return access.covers(call.access())
        ? new Resolved.Ready(call)
        : refused("admin access needed");
  }

  private CompletionStage<Answer> submit(Call call) {
    if (pending.incrementAndGet() > MOST_PENDING) {
      pending.decrementAndGet();
      return CompletableFuture.completedFuture(failed("53400", "too many commands are waiting"));
    }
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    try {
      console.onControlThread(() -> start(call, answer));
    } catch (RejectedExecutionException e) {
      answer.complete(failed("08P01", "pooler is shutting down"));
    }
    return answer.whenComplete((done, failure) -> pending.decrementAndGet());
  }

  /** On the control thread. */
  private void start(Call call, CompletableFuture<Answer> answer) {
    try {
      switch (call.effect().run()) {
        case Outcome.Now now -> answer.complete(now.answer());
        case Outcome.After after -> await(new Waiting(answer, after.until()), after.answer());
      }
    } catch (RuntimeException | Error e) { // whatever it was, the client must not wait for ever
      answer.complete(told(e));
    }
  }

  private void await(Waiting one, Answer then) {
    waiting.add(one);
    one.until().whenComplete((done, failure) -> {
      waiting.remove(one);
      one.answer().complete(failure == null ? then : told(failure));
    });
  }

  /** On the control thread. Answers first: ending the wait would otherwise answer for us. */
  private void abandon(Answer answer) {
    for (Waiting one : List.copyOf(waiting)) {
      one.answer().complete(answer);
      one.until().toCompletableFuture().cancel(false);
    }
  }

  private void execute(Runnable task) {
    try {
      console.onControlThread(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("the control thread is gone"); // and with it everything this could have ended
    }
  }

  private static Answer told(Throwable failure) {
    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    return switch (cause) {
      case ControlException refused -> {
        LOG.error("{}", refused.getMessage());
        yield failed(refused.sqlState(), String.valueOf(refused.getMessage()));
      }
      case CancellationException abandoned ->
        failed("57014", "canceling statement due to user request");
      default -> {
        LOG.error("console command failed", cause);
        yield failed("XX000", "internal error, see logs for additional details");
      }
    };
  }

  private static Resolved refused(String message) {
    return new Resolved.Refused(failed("08P01", message));
  }

  private static Answer.Failed failed(String sqlState, String message) {
    return new Answer.Failed(sqlState, message);
  }

  private static String invalid(String statement) {
    if (statement.length() <= LONGEST_ECHO) {
      return "invalid command '" + statement + "', use SHOW HELP;";
    }
    int end = Character.isHighSurrogate(statement.charAt(LONGEST_ECHO - 1))
        ? LONGEST_ECHO - 1
        : LONGEST_ECHO;
    return "invalid command '" + statement.substring(0, end) + "...', use SHOW HELP;";
  }
}
