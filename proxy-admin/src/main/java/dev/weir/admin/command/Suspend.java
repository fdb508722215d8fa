package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ProxyControl;
import org.jspecify.annotations.Nullable;

/** {@code SUSPEND}. */
record Suspend(ProxyControl control) implements WordCommand {
  @Override
  public String name() {
    return "SUSPEND";
  }

  @Override
  public String syntax() {
    return "SUSPEND";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Stops reading sockets of PostgreSQL's clients and servers and answers when all buffers are empty. Ends by RESUME, or when the last console closes.";
  }

  @Override
  public @Nullable Call call(String argument) {
    if (!argument.isEmpty()) {
      return null;
    }
    return call(() -> {
      CommandLog.issued("SUSPEND");
      return new Outcome.After(control.suspend(), Answer.Done.of(name()));
    });
  }
}
