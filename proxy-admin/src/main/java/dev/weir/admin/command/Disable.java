package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.ProxyControl;
import org.jspecify.annotations.Nullable;

/** {@code DISABLE}. */
record Disable(ProxyControl control) implements WordCommand {
  @Override
  public String name() {
    return "DISABLE";
  }

  @Override
  public String syntax() {
    return "DISABLE <db>";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Refuses new logins to a database.";
  }

  @Override
  public @Nullable Call call(String argument) {
    return doing(() -> {
      String database = Arguments.database(argument);
      CommandLog.issued("DISABLE", database);
      control.disable(database);
    });
  }
}
