package dev.weir.admin.command;

import dev.weir.core.control.Access;
import org.jspecify.annotations.Nullable;

/** {@code BEGIN}, {@code COMMIT} and {@code ROLLBACK}: the console has no transactions, but drivers open them. */
record TransactionWord(String verb) implements WordCommand {
  @Override
  public String name() {
    return verb;
  }

  @Override
  public String syntax() {
    return verb;
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Does nothing; drivers send it around their statements.";
  }

  @Override
  public @Nullable Call call(String argument) {
    boolean known = argument.isEmpty() || argument.equalsIgnoreCase("transaction")
        || argument.equalsIgnoreCase("work");
    return known ? doing(() -> {}) : null;
  }
}
