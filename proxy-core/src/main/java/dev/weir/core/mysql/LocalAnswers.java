package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResultWriter;
import dev.weir.mysql.packet.ColumnDefinition41;
import dev.weir.mysql.packet.Eof;
import dev.weir.mysql.packet.Err;
import dev.weir.mysql.packet.Ok;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Packets to a client that no server wrote. */
final class LocalAnswers {
  private LocalAnswers() {}

  static void ok(Link to, int sequence, long capabilities, Ok ok) {
    ByteBuf out = to.buffer(32);
    Packets.write(out, sequence, ok, capabilities);
    to.write(out);
  }

  static void eof(Link to, int sequence, long capabilities, int status) {
    ByteBuf out = to.buffer(16);
    Packets.write(out, sequence, new Eof(0, status), capabilities);
    to.write(out);
  }

  static void error(Link to, int sequence, long capabilities, Refusal why) {
    ByteBuf out = to.buffer(64 + why.message().length());
    Packets.write(out, sequence, new Err(why.mysqlErrno(), why.sqlState(), why.message()),
        capabilities);
    to.write(out);
  }

  /** One row of one column. */
  static void row(Link to, long capabilities, int status, ColumnDefinition41 column, String value) {
    ByteBuf out = to.buffer(256);
    ResultWriter.text(out, 1, capabilities).columns(List.of(column), status).row(List.of(value))
        .end(status, 0);
    to.write(out);
  }

  /** What COM_STATISTICS answers: a text without a header. */
  static void text(Link to, String text) {
    ByteBuf out = to.buffer(64 + text.length());
    int start = Packets.begin(out);
    out.writeCharSequence(text, StandardCharsets.UTF_8);
    Packets.end(out, start, 1);
    to.write(out);
  }
}
