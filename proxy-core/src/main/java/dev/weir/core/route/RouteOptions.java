package dev.weir.core.route;

/**
 * How rules are read: {@code mysql-query_processor_regex} and {@code mysql-query_processor_iterations}.
 *
 * @param iterations how often a flagOUT may begin the rules anew; with 0 the rules go on behind it
 */
public record RouteOptions(Engine engine, int iterations) {
  public static final RouteOptions DEFAULTS = new RouteOptions(Engine.RE2_ELSE_BACKTRACKING, 0);
  private static final int MAX_ITERATIONS = 1_000_000;

  /** What runs regular expressions. */
  public enum Engine {
    /** 1: what RE2 can do it does; only look-around and the like go to a backtracking engine, with a limit of steps. */
    RE2_ELSE_BACKTRACKING,
    /** 2: RE2 alone; a rule that needs more is refused. */
    RE2
  }

  public RouteOptions {
    if (iterations < 0 || iterations > MAX_ITERATIONS) {
      throw new IllegalArgumentException("query_processor_iterations must be from 0 to "
          + MAX_ITERATIONS + ", not " + iterations);
    }
  }
}
