package dev.weir.core.control;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One client of a {@link LocalEndpoint}. Calls come from the client's worker one after the other and never block. */
public interface LocalSession {
  /** Parameters to be reported at login, name and value. */
  Iterable<Map.Entry<String, String>> greeting();

  /** Runs one statement; the stage completes on any thread and never exceptionally. */
  CompletionStage<Answer> run(String statement);

  /**
   * Columns that {@link #run} would answer with, without running it; null when the statement returns no rows. Used for
   * Describe in the extended protocol. May be called from the worker; must not block.
   */
  @Nullable
  List<ResultTable.Column> describe(String statement);

  /** A cancel request for this client; a waiting command answers with an error. */
  void cancel();

  /** The client is gone. */
  void closed();
}
