package dev.weir.core.pg;

import org.jspecify.annotations.Nullable;

/** What somebody wants to remember until the reply comes that it belongs to; see {@link ReplyQueue}. */
sealed interface ReplyNote
    permits ReplyNote.ClientParse, ReplyNote.Closed, ReplyNote.Dropped, ReplyNote.Deallocated,
    ReplyNote.OwnQuery, ReplyNote.Sync, ReplyNote.Replayed, ReplyNote.AmidData,
    ServerStatements.Known {

  /** A Parse that a client sent under a name of its own; {@code known} is null when the server is not asked. */
  record ClientParse(PreparedStatement statement, String name,
      ServerStatements.@Nullable Known known) implements ReplyNote {}

  /** A client's Close, which the server does not see: what it closed, and under which name. */
  record Closed(PreparedStatement statement, String name) implements ReplyNote {}

  /** A Close of ours. */
  record Dropped(ServerStatements.Known known) implements ReplyNote {}

  /** A client's DEALLOCATE of a statement that the protocol prepared. */
  record Deallocated(PreparedStatement statement, String name) implements ReplyNote {}

  /** Queries of our own, sent while nobody has the server. */
  enum OwnQuery implements ReplyNote {
    RESET, CHECK, CONNECT
  }

  /** A client's Sync behind copy data, which the server has not said yet that it takes. */
  enum AmidData implements ReplyNote {
    NOTE
  }

  /** A PREPARE of the session's, which a server is given behind its settings; {@code last} when nothing else follows. */
  record Replayed(String name, boolean last) implements ReplyNote {}

  /**
   * What we ask between a session's statements: SETs before the first, of what servers report if those must go ahead, and
   * what has become of it after the last.
   */
  enum Sync implements ReplyNote {
    REPORTED, NOTE, AUDIT
  }
}
