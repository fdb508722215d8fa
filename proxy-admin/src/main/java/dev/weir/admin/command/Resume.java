package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.ProxyControl;
import org.jspecify.annotations.Nullable;

/** {@code RESUME}. */
record Resume(ProxyControl control) implements WordCommand {
  @Override
  public String name() {
    return "RESUME";
  }

  @Override
  public String syntax() {
    return "RESUME [<db>]";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Ends PAUSE, SUSPEND or KILL. Without a name it ends the pause of everything, not that of single databases.";
  }

  @Override
  public @Nullable Call call(String argument) {
    String database = Arguments.databaseOrAll(argument);
    return doing(() -> {
      CommandLog.issued("RESUME", database);
      control.resume(database);
    });
  }
}
