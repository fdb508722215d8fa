package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.ProxyControl;
import org.jspecify.annotations.Nullable;

/** {@code KILL_CLIENT}. */
record KillClient(ProxyControl control) implements WordCommand {
  @Override
  public String name() {
    return "KILL_CLIENT";
  }

  @Override
  public String syntax() {
    return "KILL_CLIENT <client_id>";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Disconnects the client with that id of SHOW CLIENTS.";
  }

  @Override
  public @Nullable Call call(String argument) {
    return doing(() -> control.killClient(Arguments.clientId(argument)));
  }
}
