package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.Answer.Notice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code HELP}. */
record Help(Notice usage) implements WordCommand {
  @Override
  public String name() {
    return "HELP";
  }

  @Override
  public String syntax() {
    return "HELP";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "The same as SHOW HELP.";
  }

  @Override
  public @Nullable Call call(String argument) {
    return argument.isEmpty()
        ? call(() -> new Outcome.Now(new Answer.Done(List.of(usage), "SHOW")))
        : null;
  }
}
