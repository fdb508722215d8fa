package dev.weir.core.config.mysql;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every variable of ProxySQL 2.7, and Weir's own ({@code mysql-weir_…}), by name. */
public final class VariableCatalogue {
  /** Names that ProxySQL once had or has in debug builds; they may be set and are forgotten. */
  private static final Set<String> FORGOTTEN = Set.of("mysql-forward_autocommit",
      "mysql-session_debug", "admin-hash_passwords", "admin-debug", "admin-debug_output");

  private static final List<MysqlVariable> ALL = sorted();
  private static final Map<String, MysqlVariable> BY_NAME = ALL.stream()
      .collect(Collectors.toUnmodifiableMap(MysqlVariable::name, Function.identity()));

  /** One name has capitals in it: {@code mysql-query_cache_size_MB}. */
  private static final Map<String, MysqlVariable> BY_LOWER_CASE = ALL.stream().collect(
      Collectors.toUnmodifiableMap(v -> v.name().toLowerCase(Locale.ROOT), Function.identity()));

  private VariableCatalogue() {}

  private static List<MysqlVariable> sorted() {
    List<MysqlVariable> all = new ArrayList<>();
    for (List<MysqlVariable> group : List.of(TrafficVariables.ALL, QueryVariables.ALL,
        MonitorVariables.ALL)) {
      group.forEach(variable -> all.add(obeyed(variable).prefixed("mysql-")));
    }
    AdminVariables.ALL.forEach(variable -> all.add(variable.prefixed("admin-")));
    all.sort(Comparator.comparing(MysqlVariable::name));
    return List.copyOf(all);
  }

  private static MysqlVariable obeyed(MysqlVariable variable) {
    MysqlVariable.Effect effect = NotObeyed.effect(variable.name());
    return effect == null ? variable : variable.with(effect);
  }

  public static List<MysqlVariable> all() {
    return ALL;
  }

  /** @param name with its prefix */
  public static @Nullable MysqlVariable find(String name) {
    return BY_NAME.get(name);
  }

  /** @param name with its prefix, in whatever case */
  public static @Nullable MysqlVariable findInAnyCase(String name) {
    return BY_LOWER_CASE.get(name.toLowerCase(Locale.ROOT));
  }

  /** Whether the name is one that may be set but means nothing any more. */
  public static boolean forgotten(String name) {
    return FORGOTTEN.contains(name);
  }
}
