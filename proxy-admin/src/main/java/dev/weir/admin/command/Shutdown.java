package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ProxyControl;
import dev.weir.core.control.ProxyControl.ShutdownMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code SHUTDOWN}. */
record Shutdown(ProxyControl control) implements WordCommand {
  @Override
  public String name() {
    return "SHUTDOWN";
  }

  @Override
  public String syntax() {
    return "SHUTDOWN [WAIT_FOR_SERVERS|WAIT_FOR_CLIENTS]";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Ends the process: at once (the connection closes without an answer), when the servers are released, or when the last client has left.";
  }

  @Override
  public @Nullable Call call(String argument) {
    return switch (argument.toUpperCase(Locale.ROOT)) {
      case "" -> call(() -> {
        CommandLog.issued("SHUTDOWN");
        control.shutdown(ShutdownMode.IMMEDIATE);
        return new Outcome.Now(new Answer.Hangup());
      });
      case "WAIT_FOR_SERVERS" -> waiting("WAIT_FOR_SERVERS", ShutdownMode.WAIT_FOR_SERVERS);
      case "WAIT_FOR_CLIENTS" -> waiting("WAIT_FOR_CLIENTS", ShutdownMode.WAIT_FOR_CLIENTS);
      default -> null;
    };
  }

  private Call waiting(String how, ShutdownMode mode) {
    return doing(() -> {
      CommandLog.issued("SHUTDOWN " + how);
      control.shutdown(mode);
    });
  }
}
