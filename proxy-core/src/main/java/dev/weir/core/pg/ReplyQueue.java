package dev.weir.core.pg;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Replies still due on a server connection, in the order in which they will come (protocol chapter "Message Flow"). Each
 * entry says what kind of message asked for it, what is done with the answer, and may carry a note for the one who asked.
 * Confined to the server connection's worker. Allocates only to grow.
 *
 * <p>Entries of kind {@link #COPY_END} (CopyDone, CopyFail) are marks: the server answers none of them by itself. One at
 * the head has nothing before it any more and is dropped whenever the head is looked at.
 */
final class ReplyQueue {
  // Kinds: the tag of the request, but for COPY_END.
  static final byte QUERY = 'Q';
  static final byte FUNCTION = 'F';
  static final byte SYNC = 'S';
  static final byte PARSE = 'P';
  static final byte BIND = 'B';
  static final byte DESCRIBE = 'D';
  static final byte EXECUTE = 'E';
  static final byte CLOSE = 'C';
  static final byte COPY_END = 'c';
  /** What {@link #headKind} says of an empty queue. */
  static final byte NONE = 0;

  // Actions.
  /** The answer goes to the client. */
  static final byte FORWARD = 0;
  /** The request was ours: its answer stays here. */
  static final byte SWALLOW = 1;
  /** The server was not asked: we answer when the turn comes. */
  static final byte FAKE = 2;

  private static final int SMALLEST = 16;
  /** A burst of pipelining may leave this much behind. */
  private static final int KEPT = 1024;

  private byte[] kinds = new byte[SMALLEST];
  private byte[] actions = new byte[SMALLEST];
  private @Nullable ReplyNote[] notes = new @Nullable ReplyNote[SMALLEST];
  private int head;
  private int size;

  void push(byte kind, byte action, @Nullable ReplyNote note) {
    if (size == kinds.length) {
      resize(size * 2);
    }
    int at = slot(size);
    kinds[at] = kind;
    actions[at] = action;
    notes[at] = note;
    size++;
  }

  private int slot(int offset) {
    return (head + offset) & (kinds.length - 1);
  }

  private void resize(int capacity) {
    byte[] k = new byte[capacity];
    byte[] a = new byte[capacity];
    @Nullable ReplyNote[] n = new @Nullable ReplyNote[capacity];
    for (int i = 0; i < size; i++) {
      k[i] = kinds[slot(i)];
      a[i] = actions[slot(i)];
      n[i] = notes[slot(i)];
    }
    kinds = k;
    actions = a;
    notes = n;
    head = 0;
  }

  private void dropMarks() {
    while (size > 0 && kinds[head] == COPY_END) {
      drop();
    }
  }

  boolean isEmpty() {
    dropMarks();
    return size == 0;
  }

  byte headKind() {
    dropMarks();
    return size == 0 ? NONE : kinds[head];
  }

  /** FORWARD for an empty queue: what comes unasked is for the client. */
  byte headAction() {
    dropMarks();
    return size == 0 ? FORWARD : actions[head];
  }

  /** Null for an empty queue. */
  @Nullable
  ReplyNote headNote() {
    dropMarks();
    return notes[head];
  }

  /** Removes the head; the queue must not be empty. */
  void drop() {
    notes[head] = null;
    head = (head + 1) & (kinds.length - 1);
    size--;
    if (size == 0 && kinds.length > KEPT) {
      kinds = new byte[SMALLEST];
      actions = new byte[SMALLEST];
      notes = new @Nullable ReplyNote[SMALLEST];
      head = 0;
    }
  }

  /**
   * COPY FROM STDIN has begun for the request at the head: Syncs sent right behind it, before the end of the data, are
   * read and ignored by the server (protocol chapter "COPY Operations"). True when one of them stands behind data.
   */
  boolean dropSyncsInsideCopy() {
    boolean amidData = false;
    while (size > 1 && kinds[slot(1)] == SYNC) {
      amidData |= notes[slot(1)] == ReplyNote.AmidData.NOTE;
      dropSecond();
    }
    return amidData;
  }

  /** Whether the end of the data of the COPY at the head has been sent. */
  boolean copyEnds() {
    return size > 1 && kinds[slot(1)] == COPY_END;
  }

  /** The COPY at the head is complete; its request, if it is a Query, may hold another one. */
  void dropCopyEnd() {
    if (copyEnds()) {
      dropSecond();
    }
  }

  private void dropSecond() {
    // Close the gap by moving the head entry forward.
    int from = head;
    int to = slot(1);
    kinds[to] = kinds[from];
    actions[to] = actions[from];
    notes[to] = notes[from];
    drop();
  }

  /** Whether something in it is answered even when the server skips up to the next Sync. */
  boolean hasEnd() {
    for (int i = 0; i < size; i++) {
      byte kind = kinds[slot(i)];
      if (kind == SYNC || kind == QUERY || kind == FUNCTION) {
        return true;
      }
    }
    return false;
  }

  void clear() {
    Arrays.fill(notes, null);
    head = 0;
    size = 0;
  }

  int size() {
    return size;
  }
}
