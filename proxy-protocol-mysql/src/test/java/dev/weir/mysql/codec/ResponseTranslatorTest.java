package dev.weir.mysql.codec;

import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.ServerStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.mysql.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

/** The two forms of a real response, each translated into the other. */
class ResponseTranslatorTest {
  @ParameterizedTest
  @ValueSource(strings = {"ping", "set-option", "statistics", "insert", "select", "select-none",
    "error", "warning", "multi", "field-list", "prepare", "prepare-error", "prepare-insert",
    "prepare-set", "execute", "execute-again", "execute-cursor", "execute-cursor-none", "fetch",
    "fetch-last", "fetch-error", "stmt-close", "call", "execute-call", "execute-call-out",
    "infile", "debug", "process-info"})
  void eachFormBecomesTheOther(String name) {
    for (String form : List.of("", "maria")) {
      Capture with = Capture.named(name + "-" + (form.isEmpty() ? "eof" : "mariaeof"));
      Capture without = Capture.named(name + "-" + (form.isEmpty() ? "ok" : "maria"));
      for (int seed = 0; seed < 20; seed++) {
        assertSame(translate(without, with.capabilities(), seed), with.response(), name);
        assertSame(translate(with, without.capabilities(), seed), without.response(), name);
      }
    }
  }

  @Test
  void trackedStateIsLeftOutWhereItWasNotAgreedOn() {
    Capture capture = Capture.named("init-db-ok");
    long without = capture.capabilities() & ~Capabilities.SESSION_TRACK;
    assertThat(translate(capture, without, 1)).isEqualTo(bytes("070000 01 00 00 00 0200 0000"));
    assertThat(translate(capture, without & ~Capabilities.DEPRECATE_EOF, 1))
        .isEqualTo(bytes("070000 01 00 00 00 0200 0000"));
  }

  @Test
  void theSameFormIsPassedOnAsItIs() {
    for (Capture capture : Capture.all()) {
      if (capture.sent().length > 0) {
        assertThat(translate(capture, capture.capabilities(), 3)).as(capture.name())
            .isEqualTo(capture.response());
      }
    }
  }

  @Test
  void onlyTheFormOfAnswersMatters() {
    assertThat(ResponseTranslator.isNeeded(Capabilities.DEPRECATE_EOF, 0)).isTrue();
    assertThat(ResponseTranslator.isNeeded(0, Capabilities.SESSION_TRACK)).isTrue();
    assertThat(ResponseTranslator.isNeeded(Capabilities.SSL, Capabilities.FOUND_ROWS)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ping", "set-option", "insert", "select", "select-none", "warning",
    "call",
    "execute", "execute-call", "execute-cursor", "fetch", "fetch-last", "commit"})
  void flagsCanBeAddedToEverythingThatShowsSome(String name) {
    for (String form : List.of("eof", "ok")) {
      Capture capture = Capture.named(name + "-" + form);
      for (long client : List.of(capture.capabilities(),
          capture.capabilities() ^ Capabilities.DEPRECATE_EOF)) {
        ResponseTracker tracker = new ResponseTracker();
        ResponseTranslator translator = new ResponseTranslator(tracker);
        translator.begin(capture.command(), capture.capabilities(), client, 1);
        tracker.addStatus(ServerStatus.IN_TRANSACTION);
        byte[] shown = translate(tracker, translator, capture.response(), 5);
        ResponseTracker plain = new ResponseTracker();
        plain.begin(capture.command(), capture.capabilities(), 1);
        int own = Feeding.feed(plain, capture.response(), new Random(1), plain::scan).status();
        assertThat(tracker.outcome().status()).as(name).isEqualTo(own);
        ResponseTracker reader = new ResponseTracker();
        reader.begin(capture.command(), client, 1);
        Feeding.Told told = Feeding.feed(reader, shown, new Random(2), reader::scan);
        assertThat(told.done()).isTrue();
        assertThat(told.status()).as(name).isEqualTo(own | ServerStatus.IN_TRANSACTION);
        assertThat(eofs(shown)).as(name)
            .allMatch(status -> ServerStatus.has(status, ServerStatus.IN_TRANSACTION));
      }
    }
  }

  /** Flags of the EOF packets in the old form. */
  private static List<Integer> eofs(byte[] stream) {
    List<Integer> flags = new ArrayList<>();
    for (int at = 0; at < stream.length; at += 4 + (stream[at] & 0xff)
        + ((stream[at + 1] & 0xff) << 8)) {
      if (stream[at] == 5 && stream[at + 1] == 0 && stream[at + 4] == (byte) 0xfe) {
        flags.add((stream[at + 7] & 0xff) | (stream[at + 8] & 0xff) << 8);
      }
    }
    return flags;
  }

  static byte[] translate(Capture capture, long client, int seed) {
    ResponseTracker tracker = new ResponseTracker();
    ResponseTranslator translator = new ResponseTranslator(tracker);
    translator.begin(capture.command(), capture.capabilities(), client, 1);
    return translate(tracker, translator, capture.response(), seed);
  }

  static byte[] translate(ResponseTracker tracker, ResponseTranslator translator, byte[] stream,
      int seed) {
    ByteBuf out = ByteBufAllocator.DEFAULT.buffer();
    try {
      ResponseTranslator.Output output = new ResponseTranslator.Output() {
        @Override
        public void forward(ByteBuf in, int from, int to) {
          out.writeBytes(in, from, to - from);
        }

        @Override
        public void insert(ByteBuf packet) {
          out.writeBytes(packet);
          packet.release();
        }
      };
      Feeding.feed(tracker, stream, new Random(seed),
          (in, at, end) -> translator.scan(in, at, end, output));
      byte[] bytes = new byte[out.readableBytes()];
      out.readBytes(bytes);
      return bytes;
    } finally {
      out.release();
    }
  }

  /** But for what nobody can know: flags of EOFs before rows, ids and counts of the server. */
  private static void assertSame(byte[] found, byte[] expected, String name) {
    assertThat(normal(found, name)).isEqualTo(normal(expected, name));
  }

  private static List<String> normal(byte[] stream, String name) {
    List<String> packets = new ArrayList<>();
    int at = 0;
    while (at < stream.length) {
      int length = (stream[at] & 0xff) + ((stream[at + 1] & 0xff) << 8);
      byte[] packet = Arrays.copyOfRange(stream, at, at + 4 + length);
      boolean isText = name.equals("statistics") || name.equals("process-info")
          || name.equals("execute-cursor-none");
      boolean hasIds = (name.startsWith("prepare") && at == 0) || packet[4] == (byte) 0xff;
      boolean isEof = length == 5 && packet[4] == (byte) 0xfe;
      if (isText || hasIds || isEof) {
        packets.add(packet[3] + (isText ? "" : " " + (packet[4] & 0xff)));
      } else {
        packets.add(HexFormat.of().formatHex(packet));
      }
      at += 4 + length;
    }
    return packets;
  }
}
