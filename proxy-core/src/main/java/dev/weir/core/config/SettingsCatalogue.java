package dev.weir.core.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every setting there is, in the order of SHOW CONFIG: those of {@code [pgbouncer]} by name, then those of {@code
 * [weir]} by name. One oddity is kept: {@code pool_idle_timeout} comes after {@code pool_mode}. Immutable.
 */
public final class SettingsCatalogue {
  private static final SettingsCatalogue STANDARD = new SettingsCatalogue(
      List.of(ProcessSettings.ALL,
          AuthSettings.ALL, PoolSettings.ALL, TimeoutSettings.ALL, LogSettings.ALL, TlsSettings.ALL,
          NetworkSettings.ALL, WeirSettings.ALL),
      Platform.windows());

  private final List<Setting<?>> ordered;
  private final Map<String, Setting<?>> byName;

  SettingsCatalogue(List<List<Setting<?>>> groups, boolean windows) {
    List<Setting<?>> sorted = new ArrayList<>();
    groups.forEach(sorted::addAll);
    sorted.removeIf(setting -> setting.windowsOnly() && !windows);
    sorted.sort(Comparator.<Setting<?>, Setting.Section>comparing(Setting::section)
        .thenComparing(SettingsCatalogue::sortKey));
    ordered = List.copyOf(sorted);
    Map<String, Setting<?>> names = new LinkedHashMap<>();
    for (Setting<?> setting : ordered) {
      if (names.put(setting.name(), setting) != null) {
        throw new IllegalArgumentException("declared twice: " + setting);
      }
    }
    byName = Collections.unmodifiableMap(names);
  }

  private static String sortKey(Setting<?> setting) {
    return setting == PoolSettings.POOL_IDLE_TIMEOUT
        ? PoolSettings.POOL_MODE.name() + "+"
        : setting.name();
  }

  /** The settings of this program on this operating system. */
  public static SettingsCatalogue standard() {
    return STANDARD;
  }

  /** All settings in the order of SHOW CONFIG. */
  public List<Setting<?>> all() {
    return ordered;
  }

  /** The setting of that exact name, whatever its section; names are unique. */
  public @Nullable Setting<?> find(String name) {
    return byName.get(name);
  }
}
