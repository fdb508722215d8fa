package dev.weir.mysql.codec;

import dev.weir.mysql.WireBytes;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.ServerStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.weir.mysql.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ResponseTrackerTest {
  static List<Capture> captures() {
    return Capture.all();
  }

  @ParameterizedTest
  @MethodSource("captures")
  void aRealResponseEndsWithItsLastByteAndNoEarlier(Capture capture) {
    ResponseTracker tracker = begun(capture);
    Feeding.Told told = Feeding.feed(tracker, capture.response(), new Random(1), tracker::scan);
    if (capture.name().startsWith("infile-") && !capture.name().startsWith("infile-end")) {
      assertThat(told.done()).isFalse();
      assertThat(told.steps()).containsExactly("FILE_WANTED:/x");
    } else {
      assertThat(told.done()).isTrue();
    }
    assertThat(told.accepted()).isEqualTo(capture.response().length);
    assertThat(tracker.bytes()).isEqualTo(capture.response().length);
    for (int length = 0; length < capture.response().length; length++) {
      ResponseTracker cut = begun(capture);
      Feeding.feed(cut, WireBytes.cut(capture.response(), length), new Random(length), cut::scan);
      assertThat(cut.isDone()).as("%d of %d bytes", length, capture.response().length).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("captures")
  void cutsMakeNoDifference(Capture capture) {
    ResponseTracker whole = begun(capture);
    Feeding.Told expected = Feeding.feed(whole, capture.response(), new Random(0), whole::scan);
    for (int seed = 1; seed < 30; seed++) {
      ResponseTracker tracker = begun(capture);
      assertThat(Feeding.feed(tracker, capture.response(), new Random(seed), tracker::scan))
          .as("seed %d", seed).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"select, 3, 1, 0", "select-none, 0, 1, 0", "error, 0, 1, 1054", "multi, 2, 4, 1064",
    "call, 2, 3, 0", "execute-call, 2, 3, 0", "execute-call-out, 1, 2, 0", "execute, 4, 1, 0",
    "fetch, 2, 1, 0", "fetch-last, 2, 1, 0", "fetch-error, 0, 1, 1421", "execute-cursor, 0, 1, 0",
    "field-list, 0, 1, 0", "statistics, 0, 0, 0", "unknown, 0, 1, 1047", "stmt-close, 0, 0, 0"})
  void rowsResultsAndErrorsAreCounted(String name, long rows, int results, int error) {
    for (String form : List.of("eof", "ok", "maria", "mariaeof")) {
      Capture capture = Capture.named(name + "-" + form);
      ResponseTracker tracker = begun(capture);
      Feeding.feed(tracker, capture.response(), new Random(7), tracker::scan);
      // a row more was inserted in the captures of MariaDB
      assertThat(tracker.rows()).as(form).isBetween(rows, name.equals("execute") ? rows + 1 : rows);
      assertThat(tracker.results()).as(form).isEqualTo(results);
      assertThat(tracker.outcome().errorCode()).as(form).isEqualTo(error);
    }
  }

  @Test
  void anInsertTellsRowsAndId() {
    Feeding.Told told = told("insert-eof");
    assertThat(told.affectedRows()).isEqualTo(3);
    assertThat(told.lastInsertId()).isEqualTo(1);
    assertThat(told.warnings()).isZero();
    assertThat(told("warning-ok").warnings()).isEqualTo(2);
  }

  @Test
  void anErrorTellsItsStateAndMessage() {
    assertThat(told("error-eof").sqlState()).isEqualTo("42S22");
    assertThat(told("error-eof").steps())
        .containsExactly("DONE:Unknown column 'nothing' in 'SELECT'");
  }

  @Test
  void theSessionsChangesAreFound() {
    assertThat(told("init-db-ok").steps()).containsExactly("DONE:\u0001\u0005\u0004test");
    assertThat(told("init-db-eof").steps()).containsExactly("DONE:");
  }

  @Test
  void theStateOfTransactionsIsKnown() {
    assertThat(told("begin-ok").status() & ServerStatus.IN_TRANSACTION).isNotZero();
    assertThat(told("commit-ok").status() & ServerStatus.IN_TRANSACTION).isZero();
    assertThat(told("execute-cursor-eof").status() & ServerStatus.CURSOR_EXISTS).isNotZero();
    assertThat(told("fetch-last-eof").status() & ServerStatus.LAST_ROW_SENT).isNotZero();
  }

  @Test
  void aPreparedStatementTellsItsIdBeforeItsDefinitions() {
    assertThat(told("prepare-eof").steps()).containsExactly("PREPARED:id 1 of 2 and 2", "DONE:");
    assertThat(told("prepare-insert-ok").steps().getFirst()).startsWith("PREPARED:")
        .endsWith("of 1 and 0");
    assertThat(told("prepare-set-eof").steps()).containsExactly("PREPARED:id 4 of 0 and 0");
  }

  @Test
  void aFileGoesTheOtherWayInBetween() {
    for (String form : List.of("eof", "ok", "maria")) {
      Capture capture = Capture.named("infile-" + form);
      ResponseTracker tracker = begun(capture);
      Feeding.feed(tracker, capture.response(), new Random(3), tracker::scan);
      assertThat(tracker.nextSequence()).isEqualTo(2);
      tracker.fileSent(3);
      byte[] end = Capture.named("infile-end-" + form).response();
      assertThat(Feeding.feed(tracker, end, new Random(4), tracker::scan).done()).isTrue();
      assertThat(tracker.outcome().affectedRows()).isEqualTo(2);
    }
  }

  @Test
  void aLoginTakesTurns() {
    ResponseTracker tracker = new ResponseTracker();
    tracker.begin(Command.CHANGE_USER, Capabilities.PROTOCOL_41);
    byte[] stream = bytes("2c0000 01 fe 'caching_sha2_password' 00 'abcdefghijklmnopqrst' 00"
        + "020000 03 01 04" + "020000 05 01 03" + "070000 06 00 00 00 0200 0000");
    assertThat(Feeding.feed(tracker, stream, new Random(5), tracker::scan).steps())
        .containsExactly("CLIENT_TURN:", "CLIENT_TURN:", "DONE:");
  }

  @Test
  void eventsOfAReplicaHaveNoEnd() {
    ResponseTracker tracker = new ResponseTracker();
    tracker.begin(Command.BINLOG_DUMP, 0);
    byte[] events = bytes("020000 01 00 ff 020000 02 00 fe");
    assertThat(Feeding.feed(tracker, events, new Random(1), tracker::scan).done()).isFalse();
    byte[] end = bytes("050000 03 fe 0000 0200");
    assertThat(Feeding.feed(tracker, end, new Random(1), tracker::scan).done()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void noCommandIsWithoutAnAnswer(Command command) {
    ResponseTracker tracker = new ResponseTracker();
    tracker.begin(command, 0);
    assertThat(tracker.isDone()).isEqualTo(command.isUnanswered());
    byte[] error = bytes("070000 01 ff 1e04 'oops'");
    assertThat(Feeding.feed(tracker, error, new Random(1), tracker::scan).errorCode())
        .isEqualTo(command.isUnanswered() ? 0 : 1054);
    assertThat(tracker.isDone()).isTrue();
  }

  /** A value of 16 MiB begins as an EOF does; what continues it can begin as anything. */
  @Test
  void aRowOf32MiBIsOneRow() {
    ByteBuf in = ByteBufAllocator.DEFAULT.buffer(0x2000100);
    in.writeBytes(bytes("010000 01 01 020000 02 03 00 050000 03 fe 0000 0200"));
    in.writeBytes(bytes("ffffff 04 fe 0000000200000000")).writeZero(0xffffff - 9);
    in.writeBytes(bytes("ffffff 05 ff")).writeZero(0xffffff - 1);
    in.writeBytes(bytes("000000 06" + "050000 07 fe 0000 0200"));
    int length = in.writerIndex();
    for (int piece : new int[]{length, 0xffffff, 100_003}) {
      ResponseTracker tracker = new ResponseTracker();
      tracker.begin(Command.QUERY, 0);
      int at = 0;
      for (int end = Math.min(piece, length); at < length; end = Math.min(end + piece, length)) {
        assertThat(tracker.isDone()).isFalse();
        at = tracker.scan(in, at, end);
      }
      assertThat(tracker.isDone()).isTrue();
      assertThat(tracker.rows()).isEqualTo(1);
    }
    in.release();
  }

  @ParameterizedTest
  @CsvSource({"QUERY, 000000 01, empty", "QUERY, 010000 02 01, out of order",
    "QUERY, 010000 01 fe, no place", "QUERY, 090000 01 fe 0000000000000001, no place",
    "QUERY, 0b0000 01 fc 000000000000000000 00, COUNT",
    "QUERY, 030000 01 fcffff 020000 02 0000, ''",
    "QUERY, 030000 01 00 00 00, cut", "QUERY, 020000 01 00 fe, cut",
    "QUERY, 040000 01 fd 000001, ColumnCount", "QUERY, 020000 01 01 00, ColumnCount",
    "QUERY, 010000 01 01 010000 02 03 010000 03 00, no place",
    "QUERY, 010000 01 01 010000 02 03 040000 03 fe 000002, EOF",
    "PING, 010000 01 05, no place", "STMT_PREPARE, 0b0000 01 00 01000000 00000000 0000, cut",
    "STMT_PREPARE, 010000 01 03, no place", "PING, 010010 01 00, OK packet",
    "QUERY, 020000 01 ff 1e, cut", "STATISTICS, ffffff 01 55, TEXT packet",
    "BINLOG_DUMP, 010000 01 07, no place"})
  void whatTheProtocolDoesNotAllowIsRefused(Command command, String stream, String why) {
    ResponseTracker tracker = new ResponseTracker();
    tracker.begin(command, 0);
    if (!why.isEmpty()) {
      assertThatExceptionOfType(MalformedPacketException.class)
          .isThrownBy(
              () -> Feeding.feed(tracker, bytes(stream), new Random(1), tracker::scan))
          .withMessageContaining(why);
    }
  }

  @Test
  void theSessionsTextMustFitItsPacket() {
    ResponseTracker tracker = new ResponseTracker();
    tracker.begin(Command.PING, Capabilities.SESSION_TRACK);
    byte[] lie = bytes("090000 01 00 00 00 0040 0000 00 05");
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> Feeding.feed(tracker, lie, new Random(1), tracker::scan));
  }

  @Test
  void compressedPacketsMayCountAsTheyLike() {
    ResponseTracker tracker = new ResponseTracker();
    tracker.begin(Command.PING, Capabilities.COMPRESS);
    byte[] ok = bytes("070000 09 00 00 00 0200 0000");
    assertThat(Feeding.feed(tracker, ok, new Random(1), tracker::scan).done()).isTrue();
  }

  @Test
  void resultsWithoutDefinitionsAreNotFollowed() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ResponseTracker()
        .begin(Command.QUERY, Capabilities.OPTIONAL_RESULTSET_METADATA));
  }

  @Test
  void whatComesUnaskedIsNotAccepted() {
    ResponseTracker tracker = new ResponseTracker();
    ByteBuf in = WireBytes.buffer(bytes("070000 00 ff 1e04 'oops'"));
    assertThat(tracker.scan(in, 0, in.writerIndex())).isZero();
    assertThat(tracker.step()).isEqualTo(ResponseTracker.Step.DONE);
    in.release();
  }

  private static Feeding.Told told(String name) {
    Capture capture = Capture.named(name);
    ResponseTracker tracker = begun(capture);
    return Feeding.feed(tracker, capture.response(), new Random(11), tracker::scan);
  }

  private static ResponseTracker begun(Capture capture) {
    ResponseTracker tracker = new ResponseTracker();
    boolean isEnd = capture.sent().length == 0;
    tracker.begin(capture.command(), capture.capabilities(), isEnd ? 4 : 1);
    return tracker;
  }
}
