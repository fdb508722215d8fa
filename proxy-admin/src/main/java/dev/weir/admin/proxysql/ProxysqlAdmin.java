package dev.weir.admin.proxysql;

import dev.weir.admin.message.MessageCounts;
import dev.weir.admin.sqlite.AdminStore;
import dev.weir.admin.sqlite.StoreException;
import dev.weir.core.config.mysql.CnfException;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import dev.weir.core.control.Answer;
import dev.weir.core.control.LocalSession.Description;
import dev.weir.core.control.MysqlControl;
import dev.weir.core.control.MysqlView;
import dev.weir.core.control.StateView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ProxySQL's admin port without its wire. Owns the admin thread; whoever calls only hands statements over. First {@link
 * #open}, which tells the configuration to start with, then {@link #serve} with what runs on it. Thread-safe.
 */
public final class ProxysqlAdmin implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProxysqlAdmin.class);
  private static final int MOST_WAITING = 1000;
  private static final long LONGEST_END_SECONDS = 10;

  private final ThreadPoolExecutor thread;
  private final AdminState state;
  private volatile @Nullable Interpreter interpreter;
  private volatile @Nullable AdminClient runsFor;
  private final AtomicBoolean historyWaits = new AtomicBoolean();

  private ProxysqlAdmin(ThreadPoolExecutor thread, AdminState state) {
    this.thread = thread;
    this.state = state;
  }

  /**
   * Opens the databases and finds the configuration to start with.
   *
   * @throws CnfException when the file cannot be used
   * @throws IOException when a database cannot be used, or what it holds contradicts itself
   */
  public static ProxysqlAdmin open(AdminOptions options) throws CnfException, IOException {
    ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(MOST_WAITING),
        Thread.ofPlatform().daemon().name("admin-sqlite").factory());
    try {
      return new ProxysqlAdmin(thread, CompletableFuture.supplyAsync(() -> {
        try {
          return started(options);
        } catch (CnfException | IOException e) {
          throw new StartFailure(e);
        }
      }, thread).get());
    } catch (ExecutionException e) {
      thread.shutdownNow();
      if (e.getCause() instanceof StartFailure failure) {
        switch (failure.getCause()) {
          case CnfException mistake -> throw mistake;
          case IOException broken -> throw broken;
          case null, default -> throw new IllegalStateException(failure);
        }
      }
      throw new IllegalStateException("admin database", e.getCause());
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Carries a checked exception out of the thread. */
  private static final class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartFailure(Exception cause) {
      super(cause);
    }
  }

  private static AdminState started(AdminOptions options) throws CnfException, IOException {
    Path directory = options.directory();
    if (directory != null) {
      Files.createDirectories(directory);
      if (options.first() == AdminOptions.Saved.SET_ASIDE) {
        AdminStore.setAside(directory);
      }
    }
    AdminStore store = null;
    boolean done = false;
    try {
      store = AdminStore.open(directory, options.limits());
      ModuleMover mover = new ModuleMover(store);
      MysqlConfig config = new ConfigStart(store, mover, options).run();
      Checksums checksums = new Checksums(InstantSource.system());
      for (MysqlModule module : MysqlModule.values()) {
        checksums.renew(module, config);
      }
      done = true;
      return new AdminState(store, mover, checksums, MessageCounts.install(), options.file(),
          config);
    } catch (StoreException e) {
      throw new IOException("admin database in " + directory + ": " + e.problem(), e);
    } catch (dev.weir.core.config.mysql.ContradictionException e) {
      throw new IOException("configuration of the MySQL side: " + e.reason(), e);
    } finally {
      if (!done && store != null) {
        store.close();
      }
    }
  }

  /** The configuration that was loaded last; at first the one to start with. */
  public MysqlConfig running() {
    return state.running();
  }

  /**
   * From now on statements are answered.
   *
   * @param states of the sessions of both protocols
   */
  public void serve(MysqlView view, StateView states, MysqlControl control,
      Executor controlThread) {
    interpreter = new Interpreter(state, new RuntimeLink(view, states, control, controlThread));
  }

  /** Tells of every module that is loaded to runtime from now on; on the admin thread, which must not wait for long. */
  public void onLoaded(BiConsumer<MysqlModule, MysqlConfig> listener) {
    state.listener(listener);
  }

  /** Warnings and errors of the log, counted. */
  public MessageCounts messages() {
    return state.messages;
  }

  /**
   * Takes the samples for stats_history that are due. To be called about once a second, from any thread; returns at
   * once, and does nothing when the admin thread has not come to the call before yet.
   *
   * @param now seconds since 1970
   */
  public void keepHistory(long now) {
    Interpreter at = interpreter;
    if (at == null || !historyWaits.compareAndSet(false, true)) {
      return;
    }
    try {
      thread.execute(() -> {
        historyWaits.set(false);
        try {
          at.keepHistory(now);
        } catch (RuntimeException e) {
          LOG.error("stats_history", e);
        }
      });
    } catch (RejectedExecutionException _) { // shutting down, or there is more to do than can be done
      historyWaits.set(false);
    }
  }

  /** Whether a statement is one of ProxySQL's or SQL, and not a word of PgBouncer's console. */
  public static boolean knows(String statement) {
    return Interpreter.knows(statement);
  }

  /** Whether it is something that MySQL clients send around their work and that is answered with OK. */
  public static boolean answersQuietly(String statement) {
    return Interpreter.answersQuietly(statement);
  }

  /** Completes on the admin thread, never exceptionally. */
  public CompletionStage<Answer> run(AdminClient client, String statement,
      List<@Nullable Object> parameters) {
    return onThread(it -> {
      runsFor = client;
      try {
        return it.run(client, statement, parameters);
      } finally {
        runsFor = null;
      }
    }, Function.identity());
  }

  public CompletionStage<Description> describe(AdminClient client, String statement) {
    return onThread(it -> it.describe(client, statement),
        failed -> new Description(0, null, failed));
  }

  private <T> CompletionStage<T> onThread(Function<Interpreter, T> work,
      Function<Answer.Failed, ? extends T> failed) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Interpreter at = interpreter;
    if (at == null) {
      result.complete(failed.apply(Replies.failed("the proxy is starting")));
      return result;
    }
    try {
      thread.execute(() -> {
        try {
          result.complete(work.apply(at));
        } catch (RuntimeException | Error e) { // whatever it was, the client must not wait for ever
          LOG.error("admin statement failed", e);
          result.complete(failed.apply(
              Replies.failed("internal error, see logs for additional details")));
        }
      });
    } catch (RejectedExecutionException e) {
      result.complete(failed.apply(Replies.failed(thread.isShutdown()
          ? "the proxy is shutting down"
          : "too many statements are waiting")));
    }
    return result;
  }

  /** Ends the statement that runs, if it is that client's. */
  public void interrupt(AdminClient client) {
    if (client.equals(runsFor)) {
      state.store.interrupt();
    }
  }

  @Override
  public void close() {
    state.messages.close();
    thread.shutdown();
    state.store.interrupt();
    try {
      if (!thread.awaitTermination(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("the admin thread did not end");
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    state.store.close();
  }
}
