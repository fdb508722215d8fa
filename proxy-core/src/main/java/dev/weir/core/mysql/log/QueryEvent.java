package dev.weir.core.mysql.log;

import dev.weir.core.sql.Digest;
import dev.weir.mysql.packet.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A statement that was answered, for the query log. Formats are ProxySQL's (its page "Query Logging"): keys of the JSON
 * lines, fields of the binary records.
 *
 * @param json whether a line of JSON (format 2) is written and not a binary record (format 1)
 * @param client address and port
 * @param server address and port; null when no server has answered
 * @param hostgroup of the server; without meaning when there is none
 * @param startMicros since 1970, as {@code endMicros}
 * @param affectedRows 64 bits without sign, as {@code insertId}
 * @param digest its hash; 0 when there is none
 * @param query the statement's bytes; shared, not written to
 * @param statementId of a prepared statement, as the client knows it
 * @param errno the error that was the answer; 0 when it was none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record QueryEvent(boolean json, Kind kind, int threadId, String user, String schema,
    String client, @Nullable String server, int hostgroup, long startMicros, long endMicros,
    long affectedRows, long insertId, long rowsSent, long digest, byte[] query, int statementId,
    int errno) implements LogEvent {
  private static final int OBJECTS = 300;
  /** In place of a hostgroup's number. */
  private static final long NO_HOSTGROUP = -1L;

  /** What the client sent; the number is that of a binary record. */
  public enum Kind {
    COM_QUERY(0), COM_STMT_EXECUTE(16), COM_STMT_PREPARE(17);

    private final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  @Override
  public int weight() {
    return OBJECTS + query.length;
  }

  @Override
  public void writeTo(ByteBuf out) {
    if (json) {
      writeJson(out);
    } else {
      writeBinary(out);
    }
  }

  private void writeJson(ByteBuf out) {
    JsonLine line = new JsonLine().text("client", client);
    if (kind != Kind.COM_QUERY) {
      line.number("client_stmt_id", statementId);
    }
    line.text("digest", Digest.hex(digest))
        .number("duration_us", endMicros - startMicros)
        .text("endtime", JsonLine.micros(endMicros))
        .number("endtime_timestamp_us", endMicros);
    if (errno != 0) {
      line.number("errno", errno);
    }
    line.text("event", kind.name()).number("hostgroup_id", server == null ? -1 : hostgroup);
    if (insertId != 0) {
      line.unsigned("last_insert_id", insertId);
    }
    line.text("query", new String(query, StandardCharsets.UTF_8))
        .unsigned("rows_affected", affectedRows)
        .number("rows_sent", rowsSent)
        .text("schemaname", schema);
    if (server != null) {
      line.text("server", server);
    }
    line.text("starttime", JsonLine.micros(startMicros))
        .number("starttime_timestamp_us", startMicros)
        .number("thread_id", threadId)
        .text("username", user)
        .writeTo(out);
  }

  /** Eight bytes of length, then what it counts. */
  private void writeBinary(ByteBuf out) {
    int start = out.writerIndex();
    out.writeLongLE(0);
    out.writeByte(kind.code);
    Wire.writeLenenc(out, threadId);
    text(out, user);
    text(out, schema);
    text(out, client);
    if (server == null) {
      Wire.writeLenenc(out, NO_HOSTGROUP);
    } else {
      Wire.writeLenenc(out, hostgroup);
      text(out, server);
    }
    Wire.writeLenenc(out, startMicros);
    Wire.writeLenenc(out, endMicros);
    if (kind != Kind.COM_QUERY) {
      Wire.writeLenenc(out, statementId);
    }
    Wire.writeLenenc(out, affectedRows);
    Wire.writeLenenc(out, insertId);
    Wire.writeLenenc(out, rowsSent);
    Wire.writeLenenc(out, digest);
    Wire.writeLenencBytes(out, query);
    out.setLongLE(start, out.writerIndex() - start - Long.BYTES);
  }

  private static void text(ByteBuf out, String text) {
    Wire.writeLenencBytes(out, text.getBytes(StandardCharsets.UTF_8));
  }
}
