package dev.weir.core.mysql.log;

import io.netty.buffer.ByteBuf;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A client came, went, was refused or chose a schema, for the audit log: a line of JSON as ProxySQL writes it (its page
 * "Audit Logging").
 *
 * @param event ProxySQL's name of it
 * @param atMicros since 1970
 * @param client address and port
 * @param proxy the address and port that the client connected to; null at the admin port
 * @param extra more about it, for people
 * @param createdMicros when the session began, since 1970; 0 for events that do not tell
 */
public record AuditEvent(String event, long atMicros, int threadId, String user, String schema,
    String client, @Nullable String proxy, boolean encrypted, @Nullable String extra,
    long createdMicros) implements LogEvent {
  private static final int OBJECTS = 600;
  private static final double MICROS_IN_MILLI = 1000;

  @Override
  public int weight() {
    return OBJECTS + user.length() + schema.length();
  }

  @Override
  public void writeTo(ByteBuf out) {
    JsonLine line = new JsonLine().text("client_addr", client);
    if (createdMicros != 0) {
      line.text("creation_time", JsonLine.millis(createdMicros));
      line.text("duration",
          String.format(Locale.ROOT, "%.3fms", (atMicros - createdMicros) / MICROS_IN_MILLI));
    }
    line.text("event", event);
    if (extra != null) {
      line.text("extra_info", extra);
    }
    if (proxy != null) {
      line.text("proxy_addr", proxy);
    }
    line.text("schemaname", schema)
        .flag("ssl", encrypted)
        .number("thread_id", threadId)
        .text("time", JsonLine.millis(atMicros))
        .number("timestamp", atMicros / 1000)
        .text("username", user)
        .writeTo(out);
  }
}
