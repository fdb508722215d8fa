package dev.weir.core.config.mysql;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** A value for every variable there is, sorted by name. Immutable. */
public final class MysqlVariables {
  private static final MysqlVariables DEFAULTS = new MysqlVariables(defaultValues());

  private final SequencedMap<String, String> values;

  private MysqlVariables(SequencedMap<String, String> values) {
    this.values = values;
  }

  public static MysqlVariables defaults() {
    return DEFAULTS;
  }

  private static SequencedMap<String, String> defaultValues() {
    SequencedMap<String, String> values = new LinkedHashMap<>();
    for (MysqlVariable variable : VariableCatalogue.all()) {
      values.put(variable.name(), variable.defaultValue());
    }
    return values;
  }

  /** Names with their prefixes, and values as they are shown. */
  public SequencedMap<String, String> all() {
    return Collections.unmodifiableSequencedMap(values);
  }

  /** @param name with its prefix; one of the catalogue */
  public String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no such variable: " + name);
    }
    return value;
  }

  public long whole(String name) {
    return Long.parseLong(text(name));
  }

  public boolean flag(String name) {
    return Boolean.parseBoolean(text(name));
  }

  /**
   * These, some changed; names that no variable has are left out.
   *
   * @throws ContradictionException for a value that is not allowed
   */
  public MysqlVariables with(Map<String, String> changes) {
    SequencedMap<String, String> next = new LinkedHashMap<>(values);
    changes.forEach((name, value) -> {
      MysqlVariable variable = VariableCatalogue.find(name);
      if (variable != null) {
        next.put(name, variable.normal(value));
      }
    });
    return new MysqlVariables(next);
  }
}
