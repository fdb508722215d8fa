package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.ProxyControl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code RELOAD}. */
record Reload(ProxyControl control) implements WordCommand {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  @Override
  public String name() {
    return "RELOAD";
  }

  @Override
  public String syntax() {
    return "RELOAD";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Reads the configuration and all files it names again. Either everything takes effect or nothing changes.";
  }

  @Override
  public @Nullable Call call(String argument) {
    if (!argument.isEmpty()) {
      return null;
    }
    return doing(() -> {
      CommandLog.issued("RELOAD");
      try {
        control.reload();
      } catch (ControlException e) {
        throw e;
      } catch (RuntimeException e) {
        LOG.error("RELOAD failed", e);
        throw new ControlException("F0000", "RELOAD failed, see logs for additional details");
      }
    });
  }
}
