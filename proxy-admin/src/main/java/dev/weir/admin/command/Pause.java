package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ProxyControl;
import org.jspecify.annotations.Nullable;

/** {@code PAUSE}. */
record Pause(ProxyControl control) implements WordCommand {
  @Override
  public String name() {
    return "PAUSE";
  }

  @Override
  public String syntax() {
    return "PAUSE [<db>]";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Lets running transactions end, closes the servers and lets new work wait; answers when no server is in use. A cancel request ends the wait, and a pause of everything with it.";
  }

  @Override
  public @Nullable Call call(String argument) {
    String database = Arguments.databaseOrAll(argument);
    return call(() -> {
      CommandLog.issued("PAUSE", database);
      return new Outcome.After(control.pause(database), Answer.Done.of(name()));
    });
  }
}
