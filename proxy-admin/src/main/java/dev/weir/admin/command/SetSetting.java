package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ProxyControl;
import java.util.List;

/** {@code SET key = value}. */
public record SetSetting(ProxyControl control) implements Command {
  @Override
  public String name() {
    return "SET";
  }

  @Override
  public String syntax() {
    return "SET key = arg";
  }

  @Override
  public Access access() {
    return Access.ADMIN;
  }

  @Override
  public String doc() {
    return "Changes a setting until the next RELOAD. A value of anything but letters, digits and underscores needs single quotes; TO may stand for the sign.";
  }

  /** What it is to do. Parameters that drivers set are ignored, for everybody; settings need admin access. */
  public Call call(String key, String value) {
    Call ignored = FakeParameters.set(key);
    if (ignored != null) {
      return ignored;
    }
    return new Call(access(), null, () -> {
      String notice = control.set(key, value);
      return new Outcome.Now(new Answer.Done(
          notice == null ? List.of() : List.of(new Answer.Notice(notice, null)),
          "SET " + key + "=" + value));
    });
  }
}
