package dev.weir.core.backend;

import java.util.Optional;
import java.util.stream.Stream;

/** Which variables tell that a replica must not be written to. */
public enum ReadOnlyCheck {
  READ_ONLY("read_only", "@@global.read_only"), INNODB_READ_ONLY("innodb_read_only",
      "@@global.innodb_read_only"), SUPER_READ_ONLY("super_read_only",
          "@@global.super_read_only"), EITHER("read_only|innodb_read_only",
              "@@global.read_only|@@global.innodb_read_only"), BOTH("read_only&innodb_read_only",
                  "@@global.read_only&@@global.innodb_read_only");

  private final String spelling;
  private final String expression;

  ReadOnlyCheck(String spelling, String expression) {
    this.spelling = spelling;
    this.expression = expression;
  }

  /** As in the column check_type. */
  public String spelling() {
    return spelling;
  }

  /** The SQL expression, 1 or 0. */
  public String expression() {
    return expression;
  }

  public static Optional<ReadOnlyCheck> of(String spelling) {
    return Stream.of(values()).filter(check -> check.spelling.equals(spelling)).findFirst();
  }
}
