package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.ErrorResponse;
import dev.weir.pg.message.NoticeResponse;
import io.netty.buffer.ByteBuf;

/** What a client is told in no server's name. */
final class OwnAnswers {
  private OwnAnswers() {}

  /** The last word to a client. */
  static void refusal(Link to, Refusal why) {
    ByteBuf out = to.buffer(64 + why.message().length());
    ErrorResponse.of("FATAL", why.sqlState(), why.message()).encode(out);
    to.write(out);
  }

  /** A query that still waited for a server has been canceled: as PostgreSQL says it. */
  static void canceled(Link to) {
    ByteBuf out = to.buffer(128);
    ErrorResponse.of("ERROR", "57014", "canceling statement due to user request").encode(out);
    out.writeByte('Z').writeInt(5).writeByte('I');
    to.write(out);
  }

  static void queued(Link to) {
    ByteBuf out = to.buffer(160);
    NoticeResponse.of("NOTICE", "00000",
        "No server connection available in postgres backend, client being queued").encode(out);
    to.write(out);
  }

  /** ParseComplete or CloseComplete, for a request of this kind. */
  static void complete(Link to, byte kind) {
    to.write(to.buffer(Framing.HEADER).writeByte(kind == ReplyQueue.PARSE ? '1' : '3').writeInt(4));
  }
}
