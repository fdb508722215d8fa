package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.ProxyControl;
import org.jspecify.annotations.Nullable;

/** {@code KILL}. */
record Kill(ProxyControl control) implements WordCommand {
  @Override
  public String name() {
    return "KILL";
  }

  @Override
  public String syntax() {
    return "KILL [<db>]";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Drops all clients and servers at once and pauses the databases; RESUME with its name lets each serve again.";
  }

  @Override
  public @Nullable Call call(String argument) {
    String database = Arguments.databaseOrAll(argument);
    return doing(() -> {
      CommandLog.issued("KILL", database);
      control.kill(database);
    });
  }
}
