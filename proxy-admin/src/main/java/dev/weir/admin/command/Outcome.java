package dev.weir.admin.command;

import dev.weir.core.control.Answer;
import java.util.concurrent.CompletionStage;

/** What has come of a call. */
public sealed interface Outcome {
  /** It is over. */
  record Now(Answer answer) implements Outcome {}

  /** It is over, with that answer, when the wait ends. Cancelling the wait abandons the wait only. */
  record After(CompletionStage<Void> until, Answer answer) implements Outcome {}
}
