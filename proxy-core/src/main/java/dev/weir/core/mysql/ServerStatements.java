package dev.weir.core.mysql;

import dev.weir.core.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Statements that are prepared on one server connection, the least recently used first. A statement is the same when its
 * text is, and the schema and the variables it was prepared under are not: those a server looks up again at each
 * execution. Confined to the connection's worker.
 */
final class ServerStatements {
  /** What a server knows of a statement. */
  static final class Known {
    private final int serverId;
    private final int parameters;
    private byte @Nullable [] types;

    Known(int serverId, int parameters) {
      this.serverId = serverId;
      this.parameters = parameters;
    }

    int serverId() {
      return serverId;
    }

    int parameters() {
      return parameters;
    }

    /** Whether the server was last told these types. */
    boolean hasTypes(byte[] wanted) {
      return Arrays.equals(types, wanted);
    }

    void types(byte[] told) {
      types = told;
    }
  }

  /** The text and the schema it was prepared in: unqualified names stay with that schema. */
  private record Key(Text text, String schema) {}

  @SuppressWarnings("ArrayRecordComponent") // compared by content
  private record Text(byte[] bytes) {
    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof Text other && Arrays.equals(bytes, other.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return bytes.length + " bytes";
    }
  }

  private final Map<Key, Known> known = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, TextStatement> byName = new HashMap<>(0);

  /**
   * What sessions have prepared here by SQL's PREPARE, as far as it was told by {@link TextStatements}: they see to it
   * that nobody finds another's. To be changed by them.
   */
  Map<String, TextStatement> byName() {
    return byName;
  }

  @Nullable
  Known find(Statement statement, String schema) {
    return known.isEmpty() ? null : known.get(new Key(new Text(statement.bytes()), schema));
  }

  void put(Statement statement, String schema, Known as) {
    known.put(new Key(new Text(statement.bytes()), schema), as);
  }

  /** Takes it out. */
  @Nullable
  Known take(Statement statement, String schema) {
    return known.remove(new Key(new Text(statement.bytes()), schema));
  }

  /** Takes out the one that has not been used for longest; null when there are at most {@code max}. */
  @Nullable
  Known evictAbove(int max) {
    if (known.size() <= max) {
      return null;
    }
    Iterator<Known> oldest = known.values().iterator();
    Known out = oldest.next();
    oldest.remove();
    return out;
  }

  int size() {
    return known.size();
  }

  void clear() {
    known.clear();
    byName.clear();
  }
}
