package dev.weir.mysql.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.mysql.WireBytes;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What servers and clients may send, in any pieces: the first byte is the command, the second picks the
 * capabilities. {@code JAZZER_FUZZ=1} fuzzes.
 */
class StreamFuzzTest {
  private static final long[] AGREED = {0, Capabilities.DEPRECATE_EOF,
    Capabilities.DEPRECATE_EOF | Capabilities.SESSION_TRACK, Capabilities.SESSION_TRACK,
    Capabilities.MARIADB_CACHE_METADATA | Capabilities.MARIADB_PROGRESS,
    Capabilities.MARIADB_CACHE_METADATA | Capabilities.DEPRECATE_EOF
        | Capabilities.SESSION_TRACK | Capabilities.MARIADB_PROGRESS,
    Capabilities.COMPRESS, Capabilities.COMPRESS | Capabilities.DEPRECATE_EOF};

  @FuzzTest(maxDuration = "60s")
  void cutsMakeNoDifferenceToATracker(byte[] input) {
    Command command = input.length < 2 ? null : Command.of(input[0]);
    if (command != null) {
      byte[] stream = Arrays.copyOfRange(input, 2, input.length);
      long agreed = AGREED[input[1] & 7];
      String whole = track(command, agreed, stream, 0);
      for (int seed = 1; seed < 4; seed++) {
        assertThat(track(command, agreed, stream, seed)).isEqualTo(whole);
      }
    }
  }

  @FuzzTest(maxDuration = "60s")
  void translatesOrRefuses(byte[] input) {
    Command command = input.length < 2 ? null : Command.of(input[0]);
    if (command != null) {
      byte[] stream = Arrays.copyOfRange(input, 2, input.length);
      long server = AGREED[input[1] & 7];
      long form = Capabilities.DEPRECATE_EOF | Capabilities.SESSION_TRACK;
      long client = (server & ~form) | (AGREED[input[1] >> 3 & 7] & form);
      byte[] whole = translate(command, server, client, stream, 0);
      for (int seed = 1; seed < 4; seed++) {
        assertThat(translate(command, server, client, stream, seed)).isEqualTo(whole);
      }
    }
  }

  @FuzzTest(maxDuration = "60s")
  void findsCommandsOrRefuses(byte[] stream) {
    String whole = commands(stream, new Random(0));
    for (int seed = 1; seed < 4; seed++) {
      assertThat(commands(stream, new Random(seed))).isEqualTo(whole);
    }
  }

  private static String track(Command command, long agreed, byte[] stream, int seed) {
    ResponseTracker tracker = new ResponseTracker();
    tracker.begin(command, agreed);
    try {
      return Feeding.feed(tracker, stream, new Random(seed), tracker::scan).toString();
    } catch (MalformedPacketException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  private static byte @Nullable [] translate(Command command, long server, long client,
      byte[] stream, int seed) {
    ResponseTracker tracker = new ResponseTracker();
    ResponseTranslator translator = new ResponseTranslator(tracker);
    translator.begin(command, server, client, 1);
    try {
      return ResponseTranslatorTest.translate(tracker, translator, stream, seed);
    } catch (MalformedPacketException refused) {
      return null;
    }
  }

  private static String commands(byte[] stream, Random cuts) {
    CommandScanner scanner = new CommandScanner();
    StringBuilder found = new StringBuilder();
    ByteBuf in = WireBytes.buffer(stream);
    try {
      int at = 0;
      int end = 0;
      while (end < stream.length) {
        end += 1 + cuts.nextInt(stream.length - end);
        int next = at;
        do {
          at = next;
          next = scanner.scan(in, at, end);
          if (scanner.ends()) {
            found.append(scanner.code()).append(' ').append(scanner.length()).append(' ');
          }
        } while (next > at);
      }
      return found.toString();
    } catch (MalformedPacketException refused) {
      return String.valueOf(refused.getMessage());
    } finally {
      in.release();
    }
  }
}
