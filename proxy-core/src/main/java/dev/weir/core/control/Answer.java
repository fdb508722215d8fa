package dev.weir.core.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a local endpoint answers to one statement. Immutable. */
public sealed interface Answer {
  /** A notice to be sent before the answer; detail may be null. */
  record Notice(String message, @Nullable String detail) {}

  /** A result set, then its command tag. */
  record Rows(ResultTable table, String tag) implements Answer {}

  /** No rows; the tag alone, after the notices. */
  record Done(List<Notice> notices, String tag) implements Answer {
    public static Done of(String tag) {
      return new Done(List.of(), tag);
    }
  }

  /** An error; the session goes on. */
  record Failed(String sqlState, String message) implements Answer {}

  /** The connection ends without a reply. */
  record Hangup() implements Answer {}
}
