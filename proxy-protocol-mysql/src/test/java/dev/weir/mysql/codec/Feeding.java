package dev.weir.mysql.codec;

import dev.weir.mysql.WireBytes;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Gives a stream to a tracker in pieces, as a connection would: what was not accepted comes again. */
final class Feeding {
  private Feeding() {}

  /** What a tracker told of a stream, whatever its cuts. */
  record Told(List<String> steps, boolean done, long accepted, long rows, int results, int status,
      int warnings, long affectedRows, long lastInsertId, int errorCode, String sqlState,
      int nextSequence) {}

  interface Scan {
    int scan(ByteBuf in, int at, int end);
  }

  /** {@code tracker} has begun; stops at the first step that asks for something. */
  static Told feed(ResponseTracker tracker, byte[] stream, RandomGenerator cuts, Scan scan) {
    List<String> steps = new ArrayList<>();
    ByteBuf in = WireBytes.buffer(stream);
    try {
      int at = 0;
      int end = 0;
      while (end < stream.length && !tracker.isDone()) {
        end += 1 + cuts.nextInt(Math.min(stream.length - end, 40));
        boolean goesOn = true;
        while (goesOn && !tracker.isDone()) {
          int next = scan.scan(in, at, end);
          goesOn = next > at && tracker.step() != ResponseTracker.Step.MORE;
          if (next > at && tracker.step() != ResponseTracker.Step.MORE) {
            steps.add(tracker.step() + ":" + text(tracker, in));
          }
          at = next;
        }
        if (tracker.step() == ResponseTracker.Step.FILE_WANTED) {
          break;
        }
      }
      Outcome outcome = tracker.outcome();
      return new Told(steps, tracker.isDone(), at, tracker.rows(), tracker.results(),
          outcome.status(), outcome.warnings(), outcome.affectedRows(), outcome.lastInsertId(),
          outcome.errorCode(), outcome.sqlState(), tracker.nextSequence());
    } finally {
      in.release();
    }
  }

  private static String text(ResponseTracker tracker, ByteBuf in) {
    Outcome outcome = tracker.outcome();
    if (tracker.step() == ResponseTracker.Step.PREPARED) {
      return "id " + in.getIntLE(tracker.statementIdAt()) + " of " + tracker.parameters() + " and "
          + tracker.columns();
    }
    return outcome.textFrom() < 0
        ? ""
        : in.toString(outcome.textFrom(),
            outcome.textTo() - outcome.textFrom(), StandardCharsets.ISO_8859_1);
  }
}
