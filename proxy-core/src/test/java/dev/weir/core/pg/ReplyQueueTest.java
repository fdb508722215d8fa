package dev.weir.core.pg;

import dev.weir.core.pg.ReplyNote.OwnQuery;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.core.pg.ReplyQueue.BIND;
import static dev.weir.core.pg.ReplyQueue.COPY_END;
import static dev.weir.core.pg.ReplyQueue.EXECUTE;
import static dev.weir.core.pg.ReplyQueue.FAKE;
import static dev.weir.core.pg.ReplyQueue.FORWARD;
import static dev.weir.core.pg.ReplyQueue.NONE;
import static dev.weir.core.pg.ReplyQueue.PARSE;
import static dev.weir.core.pg.ReplyQueue.QUERY;
import static dev.weir.core.pg.ReplyQueue.SWALLOW;
import static dev.weir.core.pg.ReplyQueue.SYNC;
import static org.assertj.core.api.Assertions.assertThat;

class ReplyQueueTest {
  private final ReplyQueue queue = new ReplyQueue();

  /** Notes of which two neighbours differ. */
  private static ReplyNote note(int number) {
    return List.of(OwnQuery.RESET, OwnQuery.CHECK, OwnQuery.CONNECT).get(number % 3);
  }

  private void push(byte... kinds) {
    for (byte kind : kinds) {
      queue.push(kind, FORWARD, null);
    }
  }

  /** Takes everything out: the kinds as text, marks at the head left out as everybody sees it. */
  private String drain() {
    StringBuilder kinds = new StringBuilder();
    while (!queue.isEmpty()) {
      kinds.append((char) queue.headKind());
      queue.drop();
    }
    return kinds.toString();
  }

  @Test
  void nothingIsDueAtFirst() {
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.size()).isZero();
    assertThat(queue.headKind()).isEqualTo(NONE);
    assertThat(queue.headAction()).as("what comes unasked is the client's").isEqualTo(FORWARD);
    assertThat(queue.headNote()).isNull();
    assertThat(queue.copyEnds()).isFalse();
  }

  @Test
  void repliesComeInTheOrderOfTheirRequestsWithActionAndNote() {
    queue.push(PARSE, SWALLOW, OwnQuery.RESET);
    queue.push(BIND, FORWARD, null);
    queue.push(PARSE, FAKE, OwnQuery.CHECK);

    assertThat(queue.headKind()).isEqualTo(PARSE);
    assertThat(queue.headAction()).isEqualTo(SWALLOW);
    assertThat(queue.headNote()).isEqualTo(OwnQuery.RESET);
    queue.drop();
    assertThat(queue.headKind()).isEqualTo(BIND);
    assertThat(queue.headAction()).isEqualTo(FORWARD);
    assertThat(queue.headNote()).isNull();
    queue.drop();
    assertThat(queue.headAction()).isEqualTo(FAKE);
    assertThat(queue.headNote()).isEqualTo(OwnQuery.CHECK);
    queue.drop();
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.headNote()).as("a note is not kept longer than its entry").isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16, 17, 1024, 1025, 5000})
  void itGrowsAroundItsEnd(int count) {
    for (int i = 0; i < 11; i++) { // the head is not at the start of the arrays
      push(QUERY);
      queue.drop();
    }
    for (int i = 0; i < count; i++) {
      queue.push(EXECUTE, FORWARD, note(i));
    }
    assertThat(queue.size()).isEqualTo(count);
    for (int i = 0; i < count; i++) {
      assertThat(queue.headNote()).isEqualTo(note(i));
      queue.drop();
    }
    assertThat(queue.isEmpty()).isTrue();
    push(SYNC, QUERY);
    assertThat(drain()).as("after a burst").isEqualTo("SQ");
  }

  @Test
  void theEndOfCopyDataIsAMarkThatAnswersNothing() {
    push(COPY_END, COPY_END, SYNC, COPY_END);
    assertThat(queue.headKind()).isEqualTo(SYNC);
    assertThat(queue.size()).isEqualTo(2);
    queue.drop();
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.size()).isZero();
  }

  @Test
  void eachLookAtTheHeadDropsMarks() {
    queue.push(COPY_END, FORWARD, null);
    queue.push(BIND, SWALLOW, OwnQuery.CONNECT);
    assertThat(queue.headAction()).isEqualTo(SWALLOW);
    queue.clear();
    queue.push(COPY_END, FORWARD, null);
    queue.push(BIND, SWALLOW, OwnQuery.CONNECT);
    assertThat(queue.headNote()).isEqualTo(OwnQuery.CONNECT);
    queue.clear();
    push(COPY_END);
    assertThat(queue.isEmpty()).isTrue();
  }

  // --- COPY ---

  @Test
  void syncsBehindACopyGetNoAnswer() {
    push(EXECUTE, SYNC, SYNC);
    queue.dropSyncsInsideCopy();
    assertThat(drain()).isEqualTo("E");
  }

  @Test
  void syncsBehindTheEndOfTheDataAreAnswered() {
    push(EXECUTE, SYNC, COPY_END, SYNC, QUERY);
    queue.dropSyncsInsideCopy();
    assertThat(queue.copyEnds()).isTrue();
    queue.dropCopyEnd();
    assertThat(queue.copyEnds()).isFalse();
    assertThat(drain()).isEqualTo("ESQ");
  }

  @Test
  void onlySyncsRightBehindTheCopyAreInsideIt() {
    push(QUERY, COPY_END, SYNC);
    queue.dropSyncsInsideCopy();
    assertThat(drain()).isEqualTo("QS");
    push(EXECUTE);
    queue.dropSyncsInsideCopy();
    queue.dropCopyEnd();
    assertThat(drain()).as("nothing behind it").isEqualTo("E");
  }

  @Test
  void aQueryWithTwoCopiesTakesItsEndsOneByOne() {
    push(QUERY, COPY_END, COPY_END, QUERY);
    queue.dropCopyEnd();
    assertThat(queue.copyEnds()).isTrue();
    queue.dropCopyEnd();
    assertThat(queue.copyEnds()).isFalse();
    queue.dropCopyEnd();
    assertThat(drain()).isEqualTo("QQ");
  }

  @Test
  void theEntryOfTheCopyKeepsActionAndNote() {
    for (int i = 0; i < 15; i++) { // head at the last slot, its successor at the first
      push(QUERY);
      queue.drop();
    }
    queue.push(EXECUTE, SWALLOW, OwnQuery.CONNECT);
    push(SYNC, COPY_END, SYNC);
    queue.dropSyncsInsideCopy();
    queue.dropCopyEnd();
    assertThat(queue.headKind()).isEqualTo(EXECUTE);
    assertThat(queue.headAction()).isEqualTo(SWALLOW);
    assertThat(queue.headNote()).isEqualTo(OwnQuery.CONNECT);
    assertThat(drain()).isEqualTo("ES");
  }

  @Test
  void clearForgetsAll() {
    queue.push(PARSE, SWALLOW, OwnQuery.CONNECT);
    push(BIND, COPY_END, SYNC);
    queue.clear();
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.headNote()).isNull();
    push(QUERY);
    assertThat(drain()).isEqualTo("Q");
  }

  @Test
  void itBehavesAsAQueueWhateverComes() {
    Random random = new Random(42);
    Deque<Integer> model = new ArrayDeque<>();
    for (int step = 0; step < 100_000; step++) {
      // long stretches of growing and of shrinking
      if (random.nextInt(100) < (step / 5000 % 2 == 0 ? 70 : 30)) {
        queue.push(QUERY, FORWARD, note(step));
        model.add(step);
      } else if (!model.isEmpty()) {
        assertThat(queue.headNote()).isEqualTo(note(model.poll()));
        queue.drop();
      }
      assertThat(queue.size()).isEqualTo(model.size());
    }
  }
}
