package dev.weir.core.mysql.log;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class EventLogTest {
  private static final long LARGE = 1 << 20;

  @TempDir Path folder;

  private final LongAdder lost = new LongAdder();

  private record Line(String text, int weight) implements LogEvent {
    Line(String text) {
      this(text, text.length());
    }

    @Override
    public void writeTo(ByteBuf out) {
      out.writeCharSequence(text + "\n", StandardCharsets.UTF_8);
    }
  }

  /** Keeps the writer busy. */
  private record Held(CountDownLatch until) implements LogEvent {
    @Override
    public int weight() {
      return 0;
    }

    @Override
    public void writeTo(ByteBuf out) {
      try {
        until.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private record Broken() implements LogEvent {
    @Override
    public int weight() {
      return 1;
    }

    @Override
    public void writeTo(ByteBuf out) {
      out.writeByte('?');
      throw new IllegalStateException("cannot be written");
    }
  }

  private EventLog start(Path base, long maxSize) {
    return EventLog.start("test log", base, maxSize, lost);
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("patience").isLessThan(end);
      Thread.sleep(10);
    }
  }

  private List<String> names(Path in) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatWasOfferedIsWrittenInOrder() throws IOException {
    List<String> lines = new ArrayList<>();
    try (EventLog log = start(folder.resolve("q"), LARGE)) {
      for (int i = 0; i < 1000; i++) {
        lines.add("line " + i);
        log.offer(new Line("line " + i));
      }
    }
    assertThat(names(folder)).containsExactly("q.00000001");
    assertThat(Files.readAllLines(folder.resolve("q.00000001"))).isEqualTo(lines);
    assertThat(lost.sum()).isZero();
  }

  @Test
  void numbersGoOnBehindTheHighest() throws IOException {
    Files.writeString(folder.resolve("q.00000041"), "old");
    Files.writeString(folder.resolve("q.999"), "no number of ours");
    Files.writeString(folder.resolve("qq.00000077"), "another log's");
    start(folder.resolve("q"), LARGE).close();
    assertThat(names(folder)).containsExactly("q.00000041", "q.00000042", "q.999", "qq.00000077");
    assertThat(Files.readString(folder.resolve("q.00000041"))).isEqualTo("old");
  }

  @Test
  void aFileThatIsLargeEnoughEnds() throws IOException {
    try (EventLog log = start(folder.resolve("q"), 20)) {
      for (int i = 1; i <= 7; i++) {
        log.offer(new Line("line nr " + i)); // ten bytes with its end
      }
    }
    assertThat(names(folder)).containsExactly("q.00000001", "q.00000002", "q.00000003");
    assertThat(Files.readAllLines(folder.resolve("q.00000001"))).containsExactly("line nr 1",
        "line nr 2", "line nr 3");
    assertThat(Files.readAllLines(folder.resolve("q.00000003"))).containsExactly("line nr 7");
  }

  @Test
  void aRotationDividesWhatCameBeforeFromWhatComesAfter() throws IOException {
    try (EventLog log = start(folder.resolve("q"), LARGE)) {
      log.offer(new Line("before"));
      log.rotate();
      log.offer(new Line("after"));
    }
    assertThat(Files.readAllLines(folder.resolve("q.00000001"))).containsExactly("before");
    assertThat(Files.readAllLines(folder.resolve("q.00000002"))).containsExactly("after");
  }

  @Test
  void whatDoesNotFitIsDroppedAndCounted() throws Exception {
    CountDownLatch disk = new CountDownLatch(1);
    try (EventLog log = start(folder.resolve("q"), LARGE)) {
      log.offer(new Held(disk));
      int half = (int) (EventLog.MAX_PENDING / 2);
      log.offer(new Line("first", half));
      log.offer(new Line("second", half));
      log.offer(new Line("too much", 1));
      assertThat(lost.sum()).isEqualTo(1);
      disk.countDown();
      await(() -> Files.exists(folder.resolve("q.00000001"))
          && Files.readAllLines(folder.resolve("q.00000001")).size() == 2);
      log.offer(new Line("fits again", half));
    }
    assertThat(Files.readAllLines(folder.resolve("q.00000001"))).containsExactly("first", "second",
        "fits again");
    assertThat(lost.sum()).isEqualTo(1);
  }

  @Test
  void withoutAFolderEventsAreCountedAndLaterWritten() throws Exception {
    Path later = folder.resolve("later");
    try (EventLog log = start(later.resolve("q"), LARGE)) {
      log.offer(new Line("nowhere"));
      await(() -> lost.sum() == 1);
      Files.createDirectories(later);
      await(() -> {
        log.offer(new Line("somewhere"));
        return Files.exists(later.resolve("q.00000001"));
      });
    }
    assertThat(Files.readAllLines(later.resolve("q.00000001"))).contains("somewhere")
        .doesNotContain("nowhere");
  }

  @Test
  void anEventThatCannotBeWrittenCostsItself() throws IOException {
    try (EventLog log = start(folder.resolve("q"), LARGE)) {
      log.offer(new Line("one"));
      log.offer(new Broken());
      log.offer(new Line("two"));
    }
    assertThat(Files.readAllLines(folder.resolve("q.00000001"))).containsExactly("one", "two");
    assertThat(lost.sum()).isEqualTo(1);
  }

  @Test
  void whatComesAfterTheEndIsCounted() {
    EventLog log = start(folder.resolve("q"), LARGE);
    log.close();
    log.offer(new Line("late"));
    assertThat(lost.sum()).isEqualTo(1);
  }
}
