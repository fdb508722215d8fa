package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.ProxyControl;
import org.jspecify.annotations.Nullable;

/** {@code ENABLE}. */
record Enable(ProxyControl control) implements WordCommand {
  @Override
  public String name() {
    return "ENABLE";
  }

  @Override
  public String syntax() {
    return "ENABLE <db>";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Allows logins again.";
  }

  @Override
  public @Nullable Call call(String argument) {
    return doing(() -> {
      String database = Arguments.database(argument);
      CommandLog.issued("ENABLE", database);
      control.enable(database);
    });
  }
}
