package dev.weir.core.config;

/** The shape of log lines. */
public enum LogFormat implements Spelled {
  /** The lines of PgBouncer. */
  TEXT("text"),
  /** One JSON object a line. */
  JSON("json");

  private final String spelling;

  LogFormat(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
