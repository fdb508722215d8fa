package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ProxyView;
import dev.weir.core.control.SettingView;
import java.util.List;

/** {@code SHOW CONFIG}. */
record ShowConfig(ProxyView view) implements ShowTable<SettingView> {
  private static final Columns<SettingView> COLUMNS = Columns.<SettingView>of()
      .text("key", "Name of the setting.", SettingView::key)
      .text("value", "Its value.", SettingView::value)
      .text("default", "Its default.", SettingView::defaultValue)
      .text("changeable", "yes when SET and RELOAD can change it, no when it takes a restart.",
          setting -> setting.changeable() ? "yes" : "no");

  @Override
  public String name() {
    return "CONFIG";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Every setting with its value, its default and whether it can change without a restart.";
  }

  @Override
  public Columns<SettingView> columns() {
    return COLUMNS;
  }

  @Override
  public List<SettingView> rows() {
    return view.settings();
  }
}
