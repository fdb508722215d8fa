package dev.weir.core.monitor;

/** How a check ended. */
public sealed interface Outcome<T> {
  record Answered<T>(T value) implements Outcome<T> {}

  /** The server, or its machine, said no: {@code code} is the server's error number, 0 for a broken connection. */
  record Failed<T>(int code, String message) implements Outcome<T> {
    /** Our own account is the matter, not the server's health (1045, 1044, 1698, expired passwords). */
    public boolean isAboutTheAccount() {
      return switch (code) {
        case 1044, 1045, 1227, 1698, 1820, 1862, 3118 -> true;
        default -> false;
      };
    }
  }

  /** No answer within the check's timeout. */
  record TimedOut<T>(String message) implements Outcome<T> {}

  /** For logs; empty for an answer. */
  default String error() {
    return switch (this) {
      case Answered<T> _ -> "";
      case Failed<T> failed -> failed.message();
      case TimedOut<T> timedOut -> timedOut.message();
    };
  }
}
