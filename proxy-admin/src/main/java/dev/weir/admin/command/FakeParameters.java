package dev.weir.admin.command;

import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.Answer.Notice;
import dev.weir.core.control.ResultTable;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Parameters of a real server that drivers read or set on every connection, without need for them here. */
public final class FakeParameters {
  /** What SHOW answers. */
  private static final Map<String, String> SHOWN = Map.of(
      "client_encoding", "UTF-8",
      "default_transaction_isolation", "read committed",
      "transaction_isolation", "read committed",
      "standard_conforming_strings", "on",
      "datestyle", "ISO",
      "timezone", "GMT",
      "extra_float_digits", "2");

  /** What SET ignores beside those. None of them is a setting of ours. */
  private static final Set<String> IGNORED = Set.of(
      "application_name",
      "bytea_output",
      "client_min_messages",
      "default_transaction_read_only",
      "idle_in_transaction_session_timeout",
      "intervalstyle",
      "lock_timeout",
      "row_security",
      "search_path",
      "statement_timeout",
      "synchronize_seqscans");

  private FakeParameters() {}

  /** What {@code SHOW name} does; null when the name is no such parameter. */
  static @Nullable Call show(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    String value = SHOWN.get(key);
    if (value == null) {
      return null;
    }
    List<ResultTable.Column> columns = List.of(new ResultTable.Column(key, ResultTable.Type.TEXT));
    List<@Nullable String> row = List.of(value);
    ResultTable table = new ResultTable(columns, List.of(row));
    return new Call(Access.STATS, columns, () -> new Outcome.Now(new Answer.Rows(table, "SHOW")));
  }

  /** What {@code SET name = …} does; null when the name is no such parameter. */
  static @Nullable Call set(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    if (!SHOWN.containsKey(key) && !IGNORED.contains(key)) {
      return null;
    }
    Notice ignored = new Notice("SET ignored", null);
    return new Call(Access.STATS, null,
        () -> new Outcome.Now(new Answer.Done(List.of(ignored), "SET")));
  }

  /** Names and values that SHOW answers, sorted by name. */
  public static SortedMap<String, String> shown() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(SHOWN));
  }

  /** Names that only SET knows, and ignores; sorted. */
  public static SortedSet<String> ignored() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(IGNORED));
  }
}
