package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ProxyControl;
import org.jspecify.annotations.Nullable;

/** {@code WAIT_CLOSE}. */
record WaitClose(ProxyControl control) implements WordCommand {
  @Override
  public String name() {
    return "WAIT_CLOSE";
  }

  @Override
  public String syntax() {
    return "WAIT_CLOSE [<db>]";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Answers when all servers that RECONNECT or RELOAD marked for closing are closed.";
  }

  @Override
  public @Nullable Call call(String argument) {
    String database = Arguments.databaseOrAll(argument);
    return call(() -> {
      CommandLog.issued("WAIT_CLOSE", database);
      return new Outcome.After(control.waitClose(database), Answer.Done.of(name()));
    });
  }
}
