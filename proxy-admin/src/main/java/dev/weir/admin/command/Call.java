package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.ResultTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command with its argument, ready to run.
 *
 * @param access what the user needs for this very call; checked in one place, by the console
 * @param columns what it answers with; null when it answers no rows
 */
public record Call(Access access, @Nullable List<ResultTable.Column> columns, Effect effect) {

  /** What a call does. Runs on the control thread. */
  @FunctionalInterface
  public interface Effect {
    /** @throws dev.weir.core.control.ControlException with the text for the operator, when it cannot be done */
    Outcome run();
  }
}
