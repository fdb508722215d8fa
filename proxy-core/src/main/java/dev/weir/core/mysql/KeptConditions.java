package dev.weir.core.mysql;

import dev.weir.core.net.Link;
import dev.weir.core.sql.Command;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.ComQuery;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The warnings and errors of a session's last statement, asked for when the client goes on without reading them: they are
 * all that would bind it to its server. Its questions about them ("SHOW WARNINGS Statement" in MySQL's manual, and its
 * kin) are then answered with what that server said. Confined to the session's worker.
 */
final class KeptConditions {
  private enum Step {
    /** Nothing is kept. */
    NONE,
    /** The server is asked. */
    ASKING,
    /** All answers are here. */
    KEPT,
    /** There is too much to be kept: it stays where it is. */
    TOO_MUCH
  }

  /** The last of them is a statement like others, and makes the server forget. */
  private static final List<String> QUESTIONS = List.of("SHOW WARNINGS", "SHOW ERRORS",
      "SHOW COUNT(*) WARNINGS", "SHOW COUNT(*) ERRORS", "SELECT @@warning_count");
  /** More than 64 conditions of full length, which is what servers keep by default. */
  private static final int MAX_BYTES = 128 * 1024;

  private final MysqlSession session;
  private final List<ByteBuf> answers = new ArrayList<>(0); // most sessions never have any
  private Step step = Step.NONE;
  private int room;

  KeptConditions(MysqlSession session) {
    this.session = session;
  }

  // --- asking the server ---

  /** Whether the server may be asked: nobody has since the last statement. */
  boolean mayAsk() {
    return step == Step.NONE;
  }

  /** Whether the server's answer is to a question of this. */
  boolean asking() {
    return step == Step.ASKING;
  }

  /** Whether all answers are here. */
  boolean kept() {
    return step == Step.KEPT;
  }

  /** Asks the server, which is the session's. */
  void ask(MysqlServer server) {
    step = Step.ASKING;
    room = MAX_BYTES;
    askNext(server);
  }

  private void askNext(MysqlServer server) {
    String question = QUESTIONS.get(answers.size());
    answers.add(session.link().buffer(256));
    server.begin(dev.weir.mysql.packet.Command.QUERY, session.capabilities(), 1);
    ByteBuf out = session.link().buffer(64);
    Packets.write(out, 0, ComQuery.of(question), server.capabilities());
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

  /** One question is answered: the next goes out, or this is over and true. */
  boolean answered(MysqlServer server) {
    if (room >= 0 && answers.size() < QUESTIONS.size()) {
      askNext(server);
      return false;
    }
    if (room >= 0) {
      step = Step.KEPT;
      session.pins().remove(Pins.Reason.WARNINGS);
    } else {
      forget();
      step = Step.TOO_MUCH;
    }
    return true;
  }

  // --- answering the client ---

  /** Answers the client's statement if it is one of the questions. */
  boolean answers(Statement statement, Link to) {
    for (int i = 0; step == Step.KEPT && i < answers.size(); i++) {
      if (QueryAnswers.isOnly(statement, QUESTIONS.get(i))) {
        to.write(answers.get(i).copy());
        if (statement.classification().command() == Command.SELECT) {
          forget(); // as on a server: it is a statement of its own
        }
        return true;
      }
    }
    return false;
  }

  /** Another statement has run, or the session is over. */
  void forget() {
    step = Step.NONE;
    if (!answers.isEmpty()) {
      answers.forEach(ByteBuf::release);
      answers.clear();
    }
  }
}
