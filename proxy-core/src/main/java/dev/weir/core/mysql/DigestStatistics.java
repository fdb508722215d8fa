package dev.weir.core.mysql;

import dev.weir.core.sql.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code stats_mysql_query_digest} of one worker. Written by its worker, read by others: one lock, held for a few
 * instructions and never contended but by a reader. Bounded: the least recently seen go into one row for all of them.
 */
final class DigestStatistics {
  private static final int MAX = 20_000;

  /** What rows are told apart by. Those in the map never change; the one to look up with does, to save an allocation. */
  private static final class Key {
    private int hostgroup;
    private String schema = "";
    private String user = "";
    private String client = "";
    private long digest;

    Key set(int toHostgroup, String toSchema, String toUser, String toClient, long toDigest) {
      hostgroup = toHostgroup;
      schema = toSchema;
      user = toUser;
      client = toClient;
      digest = toDigest;
      return this;
    }

    Key copy() {
      return new Key().set(hostgroup, schema, user, client, digest);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key that && digest == that.digest && hostgroup == that.hostgroup
          && schema.equals(that.schema) && user.equals(that.user) && client.equals(that.client);
    }

    @Override
    public int hashCode() {
      return ((Long.hashCode(digest) * 31 + hostgroup) * 31 + user.hashCode()) * 31
          + schema.hashCode() + client.hashCode();
    }
  }

  /** One row; sums in microseconds. */
  static final class Row {
    final int hostgroup;
    final String schema;
    final String user;
    /** Empty unless {@code query_digests_track_hostname} is on. */
    final String client;
    final String digest;
    final String text;
    long count;
    long firstSeenMillis;
    long lastSeenMillis;
    long sumMicros;
    long minMicros = Long.MAX_VALUE;
    long maxMicros;
    long rowsAffected;
    long rowsSent;

    Row(int hostgroup, String schema, String user, String client, String digest, String text,
        long nowMillis) {
      this.hostgroup = hostgroup;
      this.schema = schema;
      this.user = user;
      this.client = client;
      this.digest = digest;
      this.text = text;
      this.firstSeenMillis = nowMillis;
    }

    private void add(long micros, long affected, long sent, long nowMillis) {
      count++;
      lastSeenMillis = nowMillis;
      sumMicros += micros;
      minMicros = Math.min(minMicros, micros);
      maxMicros = Math.max(maxMicros, micros);
      rowsAffected += affected;
      rowsSent += sent;
    }

    void add(Row other) {
      count += other.count;
      firstSeenMillis = Math.min(firstSeenMillis, other.firstSeenMillis);
      lastSeenMillis = Math.max(lastSeenMillis, other.lastSeenMillis);
      sumMicros += other.sumMicros;
      minMicros = Math.min(minMicros, other.minMicros);
      maxMicros = Math.max(maxMicros, other.maxMicros);
      rowsAffected += other.rowsAffected;
      rowsSent += other.rowsSent;
    }

    Row copy() {
      Row same = new Row(hostgroup, schema, user, client, digest, text, firstSeenMillis);
      same.add(this);
      return same;
    }
  }

  private final LinkedHashMap<Key, Row> rows = new LinkedHashMap<>(16, 0.75f, true);
  private final Key probe = new Key();
  private final Row overflow = new Row(-1, "", "", "", Digest.hex(0),
      "(digests that did not fit)", 0);

  synchronized void count(int hostgroup, String schema, String user, String client,
      Digest digest, long micros, long rowsAffected, long rowsSent) {
    long now = System.currentTimeMillis();
    Row row = rows.get(probe.set(hostgroup, schema, user, client, digest.hash()));
    if (row == null) {
      row = new Row(hostgroup, schema, user, client, digest.hex(), digest.storedText(), now);
      rows.put(probe.copy(), row);
      if (rows.size() > MAX) {
        Row oldest = rows.pollFirstEntry().getValue();
        overflow.add(oldest);
      }
    }
    row.add(micros, rowsAffected, rowsSent, now);
  }

  /** A copy; {@code clear} begins anew in the same moment. Any thread. */
  synchronized List<Row> snapshot(boolean clear) {
    List<Row> all = new ArrayList<>(rows.size() + 1);
    rows.values().forEach(row -> all.add(row.copy()));
    if (overflow.count > 0) {
      all.add(overflow.copy());
    }
    if (clear) {
      rows.clear();
    }
    return all;
  }
}
