package dev.weir.admin.command;

import dev.weir.core.control.Answer;
import org.jspecify.annotations.Nullable;

/** A command of the form {@code VERB [word]}. */
public interface WordCommand extends Command {
  /**
   * What the command is to do; null when its grammar has no such argument. Only looks at the text: any thread may ask.
   *
   * @param argument empty when there is none
   */
  @Nullable
  Call call(String argument);

  /** A call with the access of this command and no rows. */
  default Call call(Call.Effect effect) {
    return new Call(access(), null, effect);
  }

  /** A call that is over when {@code effect} returns and answers the verb. */
  default Call doing(Runnable effect) {
    return call(() -> {
      effect.run();
      return new Outcome.Now(Answer.Done.of(name()));
    });
  }
}
