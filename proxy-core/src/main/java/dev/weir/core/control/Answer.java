package dev.weir.core.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a local endpoint answers to one statement. Immutable. */
public sealed interface Answer {
  /** A notice to be sent before the answer; detail may be null. */
  record Notice(String message, @Nullable String detail) {}

  /** A result set, then its command tag. */
  record Rows(ResultTable table, String tag) implements Answer {}

  /**
   * No rows; the tag alone, after the notices. MySQL's OK packet has no tag.
   *
   * @param affectedRows for the OK packet
   * @param info text of the OK packet; a notice where the protocol has none
   */
  record Done(List<Notice> notices, String tag, long affectedRows, String info) implements Answer {
    public Done(List<Notice> notices, String tag) {
      this(notices, tag, 0, "");
    }

    public static Done of(String tag) {
      return new Done(List.of(), tag);
    }

    public static Done of(String tag, long affectedRows) {
      return new Done(List.of(), tag, affectedRows, "");
    }
  }

  /** An error; the session goes on. */
  record Failed(String sqlState, int mysqlErrno, String message) implements Answer {
    /** What ProxySQL's admin port answers nearly every error with. */
    public static final int ADMIN_ERRNO = 1045;

    public Failed(String sqlState, String message) {
      this(sqlState, ADMIN_ERRNO, message);
    }
  }

  /** The connection ends without a reply. */
  record Hangup() implements Answer {}
}
