package dev.weir.core.monitor;

/** What a member's checks say it may be in its cluster. */
sealed interface Verdict {
  /** It takes writes. {@code lagging}: better none of them, if another can. */
  record Writable(boolean lagging, String reason) implements Verdict {}

  /** It is well and read-only. */
  record Reader(String reason) implements Verdict {}

  /** Nothing can be done there: what runs is cut. */
  record Offline(String reason) implements Verdict {}

  /** It works and is to be spared, by its own wish or because it is behind: nothing new, what runs goes on. */
  record Leaving(String reason) implements Verdict {}

  /** Nobody knows, so it stays what it is. */
  record Unknown(String reason) implements Verdict {}

  String reason();
}
