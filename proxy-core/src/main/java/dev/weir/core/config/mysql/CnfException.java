package dev.weir.core.config.mysql;

/** A {@code proxysql.cnf} that cannot be used. The message names file, line and reason. Carries no stack trace: the mistake is in a file. */
public final class CnfException extends Exception {
  private static final long serialVersionUID = 1L;
  private final String problem;
  private final int line;

  /** @param line counted from 1; 0 when the mistake has none */
  public CnfException(String file, int line, String problem) {
    super(file + (line == 0 ? ": " : ":" + line + ": ") + problem, null, false, false);
    this.problem = problem;
    this.line = line;
  }

  /** What is wrong, without the place. */
  public String problem() {
    return problem;
  }

  public int line() {
    return line;
  }

  /** File, line and reason; never null. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
