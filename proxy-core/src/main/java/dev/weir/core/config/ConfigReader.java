package dev.weir.core.config;

import dev.weir.core.config.ConfigException.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration file into a {@link Config}: the whole of it or, with an exception, nothing. Blocks on files;
 * runs on the control thread.
 */
public final class ConfigReader implements IniReader.Handler {
  private static final String DATABASES = "databases";
  private static final String MYSQL_DATABASES = "mysql_databases";
  private static final String USERS = "users";
  private static final String PEERS = "peers";
  private static final String TEMPLATE = "*";

  private final SettingsCatalogue catalogue = SettingsCatalogue.standard();
  private final Map<Setting<?>, Setting.Value<?>> values = new HashMap<>();
  private final Map<Setting<?>, Place> places = new HashMap<>();
  private final Map<String, DatabaseEntry> databases = new LinkedHashMap<>();
  private final Map<String, MysqlDatabaseEntry> mysqlDatabases = new LinkedHashMap<>();
  private final Map<String, Place> mysqlPlaces = new HashMap<>();
  private final Map<String, UserEntry> users = new LinkedHashMap<>();
  private final Map<Integer, PeerEntry> peers = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final Set<Setting<?>> overridden = new HashSet<>();
  private @Nullable DatabaseEntry template;
  private @Nullable String section;
  private boolean mainSectionSeen;
  private int bytesLeft = TextFiles.MAX_BYTES;

  private ConfigReader() {}

  /**
   * Reads the file at start.
   *
   * @param verbose number of {@code -v} on the command line
   */
  public static Config readAtStart(Path file, int verbose) throws ConfigException {
    ConfigReader reader = new ConfigReader();
    reader.start(file, null);
    reader.put(LogSettings.VERBOSE, Integer.toString(verbose));
    return reader.finish(file, null, reader.source(file));
  }

  /**
   * Reads the file. Settings that cannot change while the program runs keep their value of {@code previous}; {@link
   * Config#awaitingRestart} names them.
   *
   * @param previous the configuration in force; null at start
   */
  public static Config read(Path file, @Nullable Config previous) throws ConfigException {
    ConfigReader reader = new ConfigReader();
    reader.start(file, previous);
    return reader.finish(file, previous, reader.source(file));
  }

  /** Reads from memory. */
  static Config read(Path file, @Nullable Config previous, IniReader.Source source)
      throws ConfigException {
    ConfigReader reader = new ConfigReader();
    reader.start(file, previous);
    return reader.finish(file, previous, source);
  }

  private void start(Path file, @Nullable Config previous) {
    for (Setting<?> setting : catalogue.all()) {
      values.put(setting, setting.defaultValue());
    }
    if (previous == null) {
      put(ProcessSettings.CONFFILE, file.toString());
      return;
    }
    for (Setting<?> setting : catalogue.all()) {
      Setting.Value<?> kept = setting.keptWhenUnnamed() ? previous.values().get(setting) : null;
      if (kept != null) {
        values.put(setting, kept);
      }
    }
  }

  private void put(Setting<?> setting, String text) {
    try {
      values.put(setting, setting.parse(text));
    } catch (BadValueException e) {
      throw new IllegalArgumentException(setting + " " + e.problem(), e);
    }
  }

  private Config finish(Path file, @Nullable Config previous, IniReader.Source source)
      throws ConfigException {
    new IniReader(source, this).read(file);
    if (!mainSectionSeen) {
      throw new ConfigException(new Place(file, 0), null, "section [pgbouncer] is missing");
    }
    Map<String, String> awaitingRestart = previous == null ? Map.of() : keepFixed(previous);
    MysqlDatabaseEntry mysqlTemplate = mysqlDatabases.remove(TEMPLATE);
    Config.Entries entries = new Config.Entries(databases, template, mysqlDatabases,
        mysqlTemplate, users, peers);
    AuthFiles before = previous == null ? null : AuthFiles.of(previous);
    Config settled = new Config(values, entries, AuthFiles.NONE, warnings, awaitingRestart);
    ConfigChecks.afterLoad(settled, places);
    checkMysql(settled);
    return new Config(values, entries, AuthFiles.load(settled, before), warnings, awaitingRestart);
  }

  private void checkMysql(Config config) throws ConfigException {
    List<MysqlDatabaseEntry> all = new ArrayList<>(config.mysqlDatabases().values());
    MysqlDatabaseEntry mysqlTemplate = config.mysqlTemplate();
    if (mysqlTemplate != null) {
      all.add(mysqlTemplate);
    }
    for (MysqlDatabaseEntry entry : all) {
      String misfit = MysqlEntryReader.misfit(entry, config);
      if (misfit != null) {
        throw new ConfigException(mysqlPlaces.get(entry.name()),
            "[" + MYSQL_DATABASES + "] " + Setting.abbreviated(entry.name()), misfit);
      }
    }
  }

  /** Puts the previous values of what cannot change back, and answers what the file would have. */
  private Map<String, String> keepFixed(Config previous) {
    Map<String, String> waiting = new LinkedHashMap<>();
    for (Setting<?> setting : catalogue.all()) {
      Setting.Value<?> running = previous.values().get(setting);
      if (setting.reloadable() || running == null) {
        continue;
      }
      Setting.Value<?> wanted = values.put(setting, running);
      if (wanted != null && !wanted.equals(running)) {
        String text = wanted.shown();
        waiting.put(setting.name(), text == null ? "" : text);
      }
    }
    return waiting;
  }

  @Override
  public void section(String name, Place place) throws ConfigException {
    switch (name) {
      case DATABASES, MYSQL_DATABASES, USERS, PEERS, "weir" -> {
      }
      case "pgbouncer" -> mainSection(place);
      default -> throw new ConfigException(place, "[" + Setting.abbreviated(name) + "]",
          "invalid section; there are [databases], [mysql_databases], [users], [peers], [pgbouncer] "
              + "and [weir]",
          "invalid section");
    }
    section = name;
  }

  /** Each header starts from the defaults again, which is what undoes SET at a reload. */
  private void mainSection(Place place) {
    mainSectionSeen = true;
    List<String> wiped = new ArrayList<>();
    for (Setting<?> setting : catalogue.all()) {
      boolean resets = setting.section() == Setting.Section.PGBOUNCER && setting.reloadable()
          && !setting.keptWhenUnnamed();
      if (resets && overridden.remove(setting)) {
        wiped.add(setting.name());
      }
      if (resets) {
        values.put(setting, setting.defaultValue());
        places.remove(setting);
      }
    }
    if (!wiped.isEmpty()) {
      warnings.add(place + ": this [pgbouncer] header sets back to their defaults: "
          + String.join(", ", wiped));
    }
  }

  @Override
  public void entry(String key, String value, Place place) throws ConfigException {
    String in = section;
    if (in == null) {
      throw new ConfigException(place, Setting.abbreviated(key), "stands before the first section");
    }
    try {
      switch (in) {
        case DATABASES -> database(EntryReader.database(key, value));
        case MYSQL_DATABASES -> {
          mysqlDatabases.put(key, MysqlEntryReader.database(key, value));
          mysqlPlaces.put(key, place);
        }
        case USERS -> users.put(key, EntryReader.user(key, value));
        case PEERS -> {
          PeerEntry peer = EntryReader.peer(key, value);
          peers.put(peer.id(), peer);
        }
        default -> setting(in, key, value, place);
      }
    } catch (BadValueException e) {
      throw new ConfigException(place, "[" + in + "] " + Setting.abbreviated(key), e.problem(),
          e.originalLogLine());
    }
  }

  private void database(DatabaseEntry entry) {
    if (entry.name().equals(TEMPLATE)) {
      template = entry;
    } else {
      databases.put(entry.name(), entry);
    }
  }

  private void setting(String in, String key, String value, Place place) throws BadValueException {
    Setting<?> setting = catalogue.find(key);
    if (setting == null || !setting.section().spelling().equals(in)) {
      throw BadValueException.original("unknown parameter: " + in + "/" + Setting.abbreviated(key));
    }
    values.put(setting, setting.parse(value));
    places.put(setting, place);
    overridden.add(setting);
  }

  /**
   * Where the text comes from. A {@code proxysql.cnf} in the place of our own file stands for one that names it and
   * says nothing else.
   */
  private IniReader.Source source(Path main) {
    String name = String.valueOf(main.getFileName());
    return name.endsWith(".cnf")
        ? (file, from) -> file.equals(main)
            ? "[pgbouncer]\nunix_socket_dir =\n[weir]\nproxysql_config = " + main + "\n"
            : text(file, from)
        : this::text;
  }

  private String text(Path file, @Nullable Place from) throws ConfigException {
    try {
      byte[] bytes = TextFiles.bytes(file, bytesLeft);
      bytesLeft -= bytes.length;
      return TextFiles.utf8(bytes);
    } catch (IOException e) {
      throw new ConfigException(from == null ? new Place(file, 0) : from,
          from == null ? null : "%include " + file,
          "cannot be read: " + TextFiles.reason(e));
    }
  }
}
