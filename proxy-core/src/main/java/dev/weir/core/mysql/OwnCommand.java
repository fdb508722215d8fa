package dev.weir.core.mysql;

import dev.weir.mysql.codec.Outcome;
import org.jspecify.annotations.Nullable;

/** What happens when a command of ours, whose answer no client sees, is over. On the server's worker. */
@FunctionalInterface
interface OwnCommand {
  /** @param error what the server complained of, null when all went well */
  void done(Outcome outcome, @Nullable String error);
}
