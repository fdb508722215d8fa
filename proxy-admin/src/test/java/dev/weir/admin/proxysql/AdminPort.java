package dev.weir.admin.proxysql;

import dev.weir.admin.FakeMysql;
import dev.weir.admin.FakeProxy;
import dev.weir.admin.sqlite.StoreLimits;
import dev.weir.core.config.mysql.CnfException;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An admin port over a fake MySQL side, for tests. */
final class AdminPort implements AutoCloseable {
  static final AdminClient OPERATOR = new AdminClient("admin", Access.ADMIN, 5);
  static final AdminClient READER = new AdminClient("stats", Access.STATS, 6);

  final FakeMysql mysql = new FakeMysql();
  final ProxysqlAdmin admin;

  private AdminPort(ProxysqlAdmin admin) {
    this.admin = admin;
    mysql.config = admin.running();
    admin.serve(mysql, new FakeProxy(), mysql, Runnable::run);
  }

  static AdminPort inMemory() {
    return inMemory(StoreLimits.DEFAULT);
  }

  static AdminPort inMemory(StoreLimits limits) {
    try {
      return new AdminPort(ProxysqlAdmin
          .open(new AdminOptions(null, null, AdminOptions.Saved.KEPT, limits)));
    } catch (CnfException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static AdminPort in(@Nullable Path directory, @Nullable Path file, AdminOptions.Saved first)
      throws CnfException, IOException {
    return new AdminPort(ProxysqlAdmin
        .open(new AdminOptions(directory, file, first, StoreLimits.DEFAULT)));
  }

  Answer run(String statement) {
    return run(OPERATOR, statement);
  }

  Answer run(AdminClient client, String statement, @Nullable Object... parameters) {
    try {
      return admin.run(client, statement, java.util.Arrays.asList(parameters))
          .toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | java.util.concurrent.ExecutionException
        | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Rows, each as its values between bars. */
  List<String> rows(String statement) {
    return rows(OPERATOR, statement);
  }

  List<String> rows(AdminClient client, String statement) {
    return switch (run(client, statement)) {
      case Answer.Rows rows -> rows.table().rows().stream()
          .map(row -> String.join("|", row.stream().map(String::valueOf).toList())).toList();
      case Answer.Failed failed -> throw new AssertionError(statement + ": " + failed.message());
      case Answer.Done done -> throw new AssertionError(statement + ": " + done);
      case Answer.Hangup hangup -> throw new AssertionError(statement + ": " + hangup);
    };
  }

  List<String> columns(String statement) {
    return ((Answer.Rows) run(statement)).table().columns().stream().map(c -> c.name()).toList();
  }

  /** Affected rows of a statement that has to succeed without rows. */
  long change(String statement) {
    return switch (run(statement)) {
      case Answer.Done done -> done.affectedRows();
      case Answer.Failed failed -> throw new AssertionError(statement + ": " + failed.message());
      case Answer.Rows rows -> throw new AssertionError(statement + ": " + rows);
      case Answer.Hangup hangup -> throw new AssertionError(statement + ": " + hangup);
    };
  }

  /** Takes the samples that are due at that second. */
  void keepHistory(long now) {
    admin.keepHistory(now);
    rows("SELECT 1"); // which comes after it, on the same thread
  }

  String error(String statement) {
    return ((Answer.Failed) run(statement)).message();
  }

  @Override
  public void close() {
    admin.close();
  }
}
