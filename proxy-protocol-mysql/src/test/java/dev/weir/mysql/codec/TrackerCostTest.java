package dev.weir.mysql.codec;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** To follow a response or a command makes no garbage. Bytes are counted, not nanoseconds. */
class TrackerCostTest {
  /** Enough for the compilers to have removed what they can remove. */
  private static final int WARM_UP = 20_000;
  private static final int MEASURED = 20_000;
  /** Less than the smallest object for each response: one for each cannot hide. */
  private static final double BYTES = 8;

  @ParameterizedTest
  @ValueSource(strings = {"select-eof", "select-ok", "multi-ok", "error-eof", "prepare-eof",
    "init-db-ok", "execute-maria", "call-mariaeof"})
  void aResponseAllocatesNothing(String name) {
    Capture capture = Capture.named(name);
    ByteBuf in = Unpooled.wrappedBuffer(capture.response()); // none that records its readers
    ResponseTracker tracker = new ResponseTracker();
    assertThat(bytesOf(() -> {
      tracker.begin(capture.command(), capture.capabilities());
      int at = 0;
      while (!tracker.isDone()) {
        at = tracker.scan(in, at, in.writerIndex());
      }
    })).isLessThan(BYTES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"select-eof", "execute-ok"})
  void aCommandAllocatesNothing(String name) {
    ByteBuf in = Unpooled.buffer();
    Packets.write(in, 0, Unpooled.wrappedBuffer(Capture.named(name).sent()));
    CommandScanner scanner = new CommandScanner();
    assertThat(bytesOf(() -> {
      int at = 0;
      while (at < in.writerIndex()) {
        at = scanner.scan(in, at, in.writerIndex());
      }
    })).isLessThan(BYTES);
  }

  private static double bytesOf(Runnable run) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int i = 0; i < WARM_UP + MEASURED; i++) {
      if (i == WARM_UP) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      run.run();
    }
    return (threads.getCurrentThreadAllocatedBytes() - before) / (double) MEASURED;
  }
}
