package dev.weir.core.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that cannot be used. The message names the file, the line, the section and setting, and what would be
 * allowed. Carries no stack trace: the mistake is in a file.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient @Nullable Place place;
  private final @Nullable String subject;
  private final String problem;
  private final @Nullable String originalLogLine;

  /** Where in the files something stands. */
  record Place(Path file, int line) {
    @Override
    public String toString() {
      return line == 0 ? file.toString() : file + ":" + line;
    }
  }

  ConfigException(@Nullable Place place, @Nullable String subject, String problem,
      @Nullable String originalLogLine) {
    super((place == null ? "" : place + ": ") + (subject == null ? "" : subject + ": ") + problem,
        null, false, false);
    this.place = place;
    this.subject = subject;
    this.problem = problem;
    this.originalLogLine = originalLogLine;
  }

  ConfigException(@Nullable Place place, @Nullable String subject, String problem) {
    this(place, subject, problem, null);
  }

  /** The file that holds the mistake; null when it did not come from a file. */
  public @Nullable Path file() {
    return place == null ? null : place.file();
  }

  /** The line in that file, counted from 1; 0 when the mistake has none. */
  public int line() {
    return place == null ? 0 : place.line();
  }

  /** Section and setting or entry: {@code [pgbouncer] listen_port}; null when the mistake is in neither. */
  public @Nullable String subject() {
    return subject;
  }

  /** What is wrong and what would be allowed, without the place. */
  public String problem() {
    return problem;
  }

  /** The line PgBouncer logs for this mistake, for tools that match on it; null where it has none. */
  public @Nullable String originalLogLine() {
    return originalLogLine;
  }
}
