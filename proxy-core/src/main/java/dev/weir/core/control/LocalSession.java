package dev.weir.core.control;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One client of a {@link LocalEndpoint}. Calls come from the client's worker one after the other and never block. */
public interface LocalSession {
  /** Parameters to be reported at login, name and value. */
  Iterable<Map.Entry<String, String>> greeting();

  /**
   * Runs one statement; the stage completes on any thread and never exceptionally.
   *
   * @param parameters values of the statement's placeholders in order: Long, Double, String, byte[] or null
   */
  CompletionStage<Answer> run(String statement, List<@Nullable Object> parameters);

  /** Runs a statement without placeholders. */
  default CompletionStage<Answer> run(String statement) {
    return run(statement, List.of());
  }

  /**
   * What {@link #run} would take and answer with, without running it. Used for Describe in PostgreSQL's extended
   * protocol and for MySQL's COM_STMT_PREPARE. Completes on any thread and never exceptionally.
   */
  CompletionStage<Description> describe(String statement);

  /** A cancel request for this client; a waiting command answers with an error. */
  void cancel();

  /** The client is gone. */
  void closed();

  /**
   * A statement's shape.
   *
   * @param parameters how many placeholders it has
   * @param columns null when it returns no rows
   * @param refused why it cannot be run, when that is known already; else null
   */
  record Description(int parameters, @Nullable List<ResultTable.Column> columns,
      Answer.@Nullable Failed refused) {}
}
