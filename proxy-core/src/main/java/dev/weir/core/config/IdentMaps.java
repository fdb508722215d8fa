package dev.weir.core.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The maps of {@code auth_ident_file}: which system user may be which database user. Immutable. */
public final class IdentMaps {
  static final IdentMaps NONE = new IdentMaps(Map.of(), List.of());

  private final Map<String, List<Mapping>> maps;
  private final List<HbaRules.Warning> warnings;

  /** A line: {@code systemUser} may be {@code databaseUser}, or anybody with {@code all}. */
  record Mapping(String systemUser, boolean all, String databaseUser) {}

  IdentMaps(Map<String, List<Mapping>> maps, List<HbaRules.Warning> warnings) {
    Map<String, List<Mapping>> copy = new LinkedHashMap<>();
    maps.forEach((name, mappings) -> copy.put(name, List.copyOf(mappings)));
    this.maps = Map.copyOf(copy);
    this.warnings = List.copyOf(warnings);
  }

  /** Whether the file has a map of that name. */
  public boolean has(String map) {
    return maps.containsKey(map);
  }

  /** Whether that map lets {@code systemUser} be {@code databaseUser}; false for an unknown map. */
  public boolean allows(String map, String systemUser, String databaseUser) {
    for (Mapping mapping : maps.getOrDefault(map, List.of())) {
      if (mapping.systemUser().equals(systemUser)
          && (mapping.all() || mapping.databaseUser().equals(databaseUser))) {
        return true;
      }
    }
    return false;
  }

  /** What was wrong with the file. */
  public List<HbaRules.Warning> warnings() {
    return warnings;
  }
}
