package dev.weir.core.pg;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Which statements a server connection knows, the one used longest ago first. Confined to the server's worker.
 *
 * <p>A client may pipeline, so what is sent now is carried out after requests whose outcome is open: a Parse may fail, and
 * an error makes the server skip a Close. Where the outcome is open, a Close is sent before a Parse: it never fails.
 */
final class ServerStatements {
  /** A statement's stay on the server. Outlives its place in the list while answers are due. */
  static final class Known implements ReplyNote {
    private final PreparedStatement statement;
    /** Parses sent and not answered. */
    private int asked;
    /** By the server's last word it has the statement. */
    private boolean there;

    private Known(PreparedStatement statement) {
      this.statement = statement;
    }

    PreparedStatement statement() {
      return statement;
    }
  }

  private final SequencedMap<PreparedStatement, Known> known = new LinkedHashMap<>(16, 0.75f, true);
  private int closing;

  /** Whether the server knows it, or will if all goes well; counts as use. */
  boolean uses(PreparedStatement statement) {
    return known.get(statement) != null;
  }

  /** Whether the server has said that it knows it; counts as use. */
  boolean certain(PreparedStatement statement) {
    Known k = known.get(statement);
    return k != null && k.there && k.asked == 0;
  }

  /** Whether the statement may be on the server when a Parse sent now arrives. */
  boolean mayBeThere(PreparedStatement statement) {
    return closing > 0 || known.get(statement) != null;
  }

  /** A Parse is sent. */
  Known asks(PreparedStatement statement) {
    Known k = known.computeIfAbsent(statement, Known::new);
    k.asked++;
    return k;
  }

  void parsed(Known k) {
    k.asked--;
    k.there = true;
  }

  /** The Parse failed or was skipped. */
  void notParsed(Known k) {
    k.asked--;
    if (k.asked == 0 && !k.there) {
      known.remove(k.statement, k);
    }
  }

  /** A Close is sent. */
  void closes() {
    closing++;
  }

  void closed(Known k) {
    closing--;
    k.there = false;
  }

  /** The Close was skipped. */
  void notClosed(Known k) {
    closing--;
    if (k.there || k.asked > 0) {
      known.putIfAbsent(k.statement, k);
    }
  }

  /** The one to be closed so that one more fits below the limit; null when there is room. It is removed. */
  @Nullable
  Known evict(int limit) {
    if (known.size() < Math.max(1, limit)) {
      return null;
    }
    Known oldest = known.firstEntry().getValue();
    known.remove(oldest.statement);
    return oldest;
  }

  /** SQL has deallocated it. */
  void deallocated(PreparedStatement statement) {
    Known k = known.get(statement);
    if (k != null) {
      k.there = false;
      if (k.asked == 0) {
        known.remove(statement);
      }
    }
  }

  /** The server has thrown all away; what is prepared behind that stays. */
  void clear() {
    known.values().removeIf(k -> {
      k.there = false;
      return k.asked == 0;
    });
  }

  int size() {
    return known.size();
  }
}
