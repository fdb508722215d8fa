package dev.weir.core.mysql;

import dev.weir.core.net.Link;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.ComQuery;
import dev.weir.mysql.packet.Command;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The warnings and errors of a session's last statement, asked for when the client goes on without reading them: they are
 * all that would bind it to its server. Its questions about them ("SHOW WARNINGS Statement" in MySQL's manual, and its
 * kin) are then answered with what that server said. Confined to the session's worker.
 */
final class KeptConditions {
  /** The last of them is a statement like others, and makes the server forget. */
  private static final List<String> QUESTIONS = List.of("SHOW WARNINGS", "SHOW ERRORS",
      "SHOW COUNT(*) WARNINGS", "SHOW COUNT(*) ERRORS", "SELECT @@warning_count");
  /** More than 64 conditions of full length, which is what servers keep by default. */
  private static final int MAX_BYTES = 128 * 1024;

  private final MysqlSession session;
  private final List<ByteBuf> answers = new ArrayList<>();
  private int room = MAX_BYTES;

  KeptConditions(MysqlSession session) {
    this.session = session;
  }

  /** Asks the server, which is the session's. */
  void ask(MysqlServer server) {
    answers.add(session.link().buffer(256));
    server.begin(Command.QUERY, session.capabilities(), 1);
    ByteBuf out = session.link().buffer(64);
    Packets.write(out, 0, ComQuery.of(QUESTIONS.get(answers.size() - 1)), server.capabilities());
    server.sendCommand(out);
  }

  /** A part of an answer; takes ownership. */
  void take(ByteBuf bytes) {
    room -= bytes.readableBytes();
    if (room >= 0) {
      answers.getLast().writeBytes(bytes);
    }
    bytes.release();
  }

  /** The answer to one question is there: asks the next. False when there is none. */
  boolean askNext(MysqlServer server) {
    if (room < 0 || answers.size() == QUESTIONS.size()) {
      return false;
    }
    ask(server);
    return true;
  }

  /** Whether all of it fits. */
  boolean whole() {
    return room >= 0 && answers.size() == QUESTIONS.size();
  }

  /** Answers the client's statement if it is one of the questions. */
  boolean answered(Statement statement, Link to) {
    for (int i = 0; i < answers.size(); i++) {
      if (QueryAnswers.isOnly(statement, QUESTIONS.get(i))) {
        to.write(answers.get(i).copy());
        return true;
      }
    }
    return false;
  }

  void release() {
    answers.forEach(ByteBuf::release);
    answers.clear();
  }
}
