package dev.weir.core.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is different between the configuration in force and the next one: what RELOAD acts on and reports.
 *
 * @param settings global settings with another value
 * @param awaitingRestart settings for which the file has another value than stays in force, with that value
 * @param databasesAdded names of new entries, without the template
 * @param databasesRemoved names of entries that are gone; their clients and servers are to be closed
 * @param databasesChanged entries that differ in any key
 * @param templateChanged whether the entry {@code *} came, went or differs: databases made from it are to reconnect
 * @param mysqlChanged lines of {@code [mysql_databases]} that came, went or differ
 * @param usersChanged users whose line in {@code [users]} came, went or differs
 * @param secretsChanged users whose secret in auth_file came, went or differs
 * @param peersChanged peers that came, went or differ
 * @param clientTlsChanged whether a setting for TLS with clients differs; the files it names are not looked into
 * @param serverTlsChanged whether a setting for TLS with servers differs: all servers are to be replaced
 */
public record ReloadDiff(
    List<SettingChange> settings,
    Map<String, String> awaitingRestart,
    Set<String> databasesAdded,
    Set<String> databasesRemoved,
    List<DatabaseChange> databasesChanged,
    boolean templateChanged,
    Set<String> mysqlChanged,
    Set<String> usersChanged,
    Set<String> secretsChanged,
    Set<Integer> peersChanged,
    boolean clientTlsChanged,
    boolean serverTlsChanged) {
  /** A setting's value before and after, as SHOW CONFIG prints them. */
  public record SettingChange(Setting<?> setting, @Nullable String before,
      @Nullable String after) {}

  /** A database entry before and after. */
  public record DatabaseChange(DatabaseEntry before, DatabaseEntry after) {
    public String name() {
      return after.name();
    }

    /**
     * Whether servers already connected are to be replaced. A new password, other startup parameters, sizes or another
     * pool mode leave them alone.
     */
    public boolean mustReconnect() {
      return !before.serverDatabase().equals(after.serverDatabase())
          || !before.hosts().equals(after.hosts())
          || before.port() != after.port() || !Objects.equals(before.user(), after.user())
          || !Objects.equals(before.connectQuery(), after.connectQuery())
          || !Objects.equals(before.authDbname(), after.authDbname())
          || !Objects.equals(before.authQuery(), after.authQuery())
          || before.loadBalanceHosts() != after.loadBalanceHosts();
    }
  }

  /** What {@code after} changes about {@code before}. */
  public static ReloadDiff between(Config before, Config after) {
    List<SettingChange> settings = new ArrayList<>();
    for (Setting<?> setting : SettingsCatalogue.standard().all()) {
      String was = before.shown(setting);
      String is = after.shown(setting);
      if (!Objects.equals(was, is)) {
        settings.add(new SettingChange(setting, was, is));
      }
    }
    Set<String> added = new LinkedHashSet<>(after.databases().keySet());
    added.removeAll(before.databases().keySet());
    Set<String> removed = new LinkedHashSet<>(before.databases().keySet());
    removed.removeAll(after.databases().keySet());
    return new ReloadDiff(List.copyOf(settings), after.awaitingRestart(), added, removed,
        changedDatabases(before, after), !Objects.equals(before.template(), after.template()),
        mysqlChanges(before, after), differing(before.users(), after.users()),
        differing(before.authFile().secrets(), after.authFile().secrets()),
        differing(before.peers(), after.peers()), touches(settings, TlsSettings.CLIENT),
        touches(settings, TlsSettings.SERVER));
  }

  private static List<DatabaseChange> changedDatabases(Config before, Config after) {
    List<DatabaseChange> changes = new ArrayList<>();
    after.databases().forEach((name, is) -> {
      DatabaseEntry was = before.databases().get(name);
      if (was != null && !was.equals(is)) {
        changes.add(new DatabaseChange(was, is));
      }
    });
    return List.copyOf(changes);
  }

  private static Set<String> mysqlChanges(Config before, Config after) {
    Set<String> changes = differing(before.mysqlDatabases(), after.mysqlDatabases());
    if (!Objects.equals(before.mysqlTemplate(), after.mysqlTemplate())) {
      changes.add("*");
    }
    return changes;
  }

  private static <K extends Comparable<K>, V> Set<K> differing(Map<K, V> before, Map<K, V> after) {
    Set<K> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    keys.removeIf(key -> Objects.equals(before.get(key), after.get(key)));
    return keys;
  }

  private static boolean touches(List<SettingChange> changes, List<Setting<?>> settings) {
    return changes.stream().anyMatch(change -> settings.contains(change.setting()));
  }

  /** Whether nothing differs. */
  public boolean isEmpty() {
    return describe().isEmpty();
  }

  /** One line for each difference, for the log and the operator. Shows no secrets. */
  public List<String> describe() {
    List<String> lines = new ArrayList<>();
    for (SettingChange change : settings) {
      lines.add(change.setting().name() + (change.setting().secret()
          ? ": changed"
          : ": " + quoted(change.before()) + " -> " + quoted(change.after())));
    }
    awaitingRestart
        .forEach((name, text) -> lines.add(name + ": " + quoted(text) + " waits for a restart"));
    databasesAdded.forEach(name -> lines.add("database " + name + ": added"));
    databasesRemoved.forEach(name -> lines.add("database " + name + ": removed"));
    for (DatabaseChange change : databasesChanged) {
      lines.add("database " + change.name() + ": changed"
          + (change.mustReconnect() ? ", servers reconnect" : ""));
    }
    if (templateChanged) {
      lines.add("database *: changed, servers reconnect");
    }
    mysqlChanged.forEach(name -> lines.add("MySQL database " + name + ": changed"));
    usersChanged.forEach(name -> lines.add("user " + name + ": changed"));
    if (!secretsChanged.isEmpty()) {
      lines.add("auth_file: " + secretsChanged.size() + " users changed");
    }
    peersChanged.forEach(id -> lines.add("peer " + id + ": changed"));
    return lines;
  }

  private static String quoted(@Nullable String text) {
    return text == null ? "unset" : "\"" + text + "\"";
  }
}
