package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.ProxyControl;
import org.jspecify.annotations.Nullable;

/** {@code RECONNECT}. */
record Reconnect(ProxyControl control) implements WordCommand {
  @Override
  public String name() {
    return "RECONNECT";
  }

  @Override
  public String syntax() {
    return "RECONNECT [<db>]";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Replaces server connections, each when it is released.";
  }

  @Override
  public @Nullable Call call(String argument) {
    String database = Arguments.databaseOrAll(argument);
    return doing(() -> {
      CommandLog.issued("RECONNECT", database);
      control.reconnect(database);
    });
  }
}
