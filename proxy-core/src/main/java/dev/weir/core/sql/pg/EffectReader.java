package dev.weir.core.sql.pg;

import dev.weir.core.sql.pg.PgTokens.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import static dev.weir.core.sql.pg.StatementEffects.ASKABLE;
import static dev.weir.core.sql.pg.StatementEffects.COMPUTED_NAME;
import static dev.weir.core.sql.pg.StatementEffects.CURSOR;
import static dev.weir.core.sql.pg.StatementEffects.ENDS;
import static dev.weir.core.sql.pg.StatementEffects.EXECUTES;
import static dev.weir.core.sql.pg.StatementEffects.LISTEN;
import static dev.weir.core.sql.pg.StatementEffects.LOAD;
import static dev.weir.core.sql.pg.StatementEffects.LOCK;
import static dev.weir.core.sql.pg.StatementEffects.PREPARED;
import static dev.weir.core.sql.pg.StatementEffects.SEED;
import static dev.weir.core.sql.pg.StatementEffects.SEQUENCE;
import static dev.weir.core.sql.pg.StatementEffects.SETTINGS;
import static dev.weir.core.sql.pg.StatementEffects.TEMPORARY;

/**
 * Reads from a query string what it may do to its session. No parser: the first words of each statement, and the names of
 * some functions wherever they are called. Confined to its worker.
 */
final class EffectReader {
  /** Statements that change nothing of a session but through functions they call. */
  private static final Set<String> HARMLESS = Set.of("select", "insert", "update", "delete",
      "merge", "with", "values", "table", "alter", "truncate", "comment", "grant", "revoke",
      "reassign", "analyze", "analyse", "vacuum", "cluster", "reindex", "refresh", "checkpoint",
      "copy", "explain", "fetch", "move", "lock", "notify", "security", "import", "show", "create",
      "repack", "wait");

  private static final Map<String, Integer> FUNCTIONS = Map.ofEntries(
      Map.entry("pg_advisory_lock", LOCK), Map.entry("pg_advisory_lock_shared", LOCK),
      Map.entry("pg_try_advisory_lock", LOCK), Map.entry("pg_try_advisory_lock_shared", LOCK),
      Map.entry("pg_advisory_unlock", ENDS), Map.entry("pg_advisory_unlock_shared", ENDS),
      Map.entry("pg_advisory_unlock_all", ENDS), Map.entry("currval", SEQUENCE),
      Map.entry("lastval", SEQUENCE), Map.entry("setseed", SEED),
      Map.entry("query_to_xml", ASKABLE), Map.entry("query_to_xml_and_xmlschema", ASKABLE),
      Map.entry("query_to_xmlschema", ASKABLE));

  /** The server cuts names that are longer. */
  private static final int LONGEST_NAME = 63;

  private static final SessionOp UNLOCK_ALL = new SessionOp.End(LOCK);

  private final PgTokens tokens;
  private final boolean backslashMayBeHalf;
  private final boolean sequences;
  private int flags;
  private int onExecute;
  private boolean control;
  private List<String> names = new ArrayList<>();
  private List<String> unlistened = new ArrayList<>();
  private @Nullable List<SessionOp> ops = new ArrayList<>();
  /** The text, when it is one statement that means the same at any time on any server. */
  private @Nullable String movable;

  /**
   * @param backslashes whether a backslash in a plain string escapes
   * @param backslashMayBeHalf whether the byte of a backslash may be the second half of a character
   * @param sequences whether what may advance a sequence counts, because somebody asks for last values
   */
  EffectReader(boolean backslashes, boolean backslashMayBeHalf, boolean sequences) {
    this.tokens = new PgTokens(backslashes);
    this.backslashMayBeHalf = backslashMayBeHalf;
    this.sequences = sequences;
  }

  StatementEffects read(byte[] sql) {
    if (backslashMayBeHalf && ambiguous(sql)) {
      return StatementEffects.UNREAD;
    }
    if (!tokens.read(sql)) {
      // Refused as a whole; only if our reading of it were wrong could it do anything.
      return StatementEffects.UNREAD;
    }
    flags = 0;
    onExecute = 0;
    control = false;
    names = new ArrayList<>();
    unlistened = new ArrayList<>();
    ops = new ArrayList<>();
    movable = movable(sql);
    int from = 0;
    while (from < tokens.count()) {
      int to = from;
      while (to < tokens.count() && !tokens.symbol(to, ';')) {
        to++;
      }
      if (to > from) {
        statement(from, to);
      }
      from = to + 1;
    }
    List<SessionOp> known = control ? null : ops;
    if (flags == 0 && onExecute == 0) {
      return control ? StatementEffects.CONTROL : StatementEffects.NONE;
    }
    return new StatementEffects(flags, onExecute, names, known, unlistened, control);
  }

  private @Nullable String movable(byte[] sql) {
    for (int i = 0; i < tokens.count() - 1; i++) {
      if (tokens.symbol(i, ';')) {
        return null;
      }
    }
    for (byte b : sql) {
      if (b < 0 || b == '\\') { // means what the client's encoding or standard_conforming_strings says
        return null;
      }
    }
    return new String(sql, StandardCharsets.US_ASCII);
  }

  /**
   * The name of the statement that a text prepares, when the text is nothing but one PREPARE that any server understands
   * alike; else null.
   */
  @Nullable
  String prepares(byte[] sql) {
    StatementEffects effects = read(sql);
    List<SessionOp> all = effects.ops();
    return all != null && all.size() == 1
        && all.getFirst() instanceof SessionOp.Prepare(String name, _)
            ? name
            : null;
  }

  private static boolean ambiguous(byte[] sql) {
    for (int i = 1; i < sql.length; i++) {
      if (sql[i] == '\\' && sql[i - 1] < 0) {
        return true;
      }
    }
    return false;
  }

  /** This may happen, and the text does not tell all of it. */
  private void unsure(int what) {
    flags |= what;
    ops = null;
  }

  /** This happens, and here is all of it. */
  private void sure(int what, SessionOp op) {
    flags |= what;
    if (ops != null) {
      ops.add(op);
    }
  }

  private void statement(int from, int to) {
    if (tokens.kind(from) != Kind.WORD) {
      if (!tokens.symbol(from, '(')) {
        unsure(ASKABLE);
      }
      functions(from, to);
      return;
    }
    switch (tokens.text(from)) {
      case "set" -> set(from + 1, to);
      case "reset" -> reset(from + 1, to);
      case "begin", "start", "commit", "end", "abort", "rollback", "savepoint", "release" ->
        control = true;
      case "prepare" -> prepare(from, to);
      case "execute" -> {
        unsure(EXECUTES);
        functions(from, to);
      }
      case "deallocate" -> deallocate(from + 1, to);
      case "discard" -> discard(from + 1);
      case "listen" -> {
        if (identifier(from + 1, to)) {
          sure(LISTEN, new SessionOp.Listen(tokens.text(from + 1)));
        } else {
          unsure(LISTEN);
        }
      }
      case "unlisten" -> unlisten(from + 1, to);
      case "declare" -> {
        if (has("hold", from, to) && !has("without", from, to)) {
          unsure(CURSOR);
        }
        functions(from, to);
      }
      case "close" -> {
        if (tokens.word(from + 1, "all")) {
          sure(CURSOR | ENDS, new SessionOp.End(CURSOR));
        } else {
          unsure(CURSOR | ENDS);
        }
      }
      case "load" -> unsure(LOAD);
      case "drop" -> unsure(ENDS);
      case "do", "call" -> unsure(ASKABLE);
      default -> {
        if (!HARMLESS.contains(tokens.text(from))) {
          unsure(ASKABLE);
        }
        if (!unlockAll(from, to) && !setConfig(from, to)) {
          functions(from, to);
        }
      }
    }
  }

  /** Whether a name stands there, and nothing behind it, that the server takes as it is. */
  private boolean identifier(int at, int to) {
    if (at + 1 != to || (tokens.kind(at) != Kind.WORD && tokens.kind(at) != Kind.QUOTED)) {
      return false;
    }
    String name = tokens.text(at);
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 0x80) { // means what the client's encoding says
        return false;
      }
    }
    return !name.isEmpty() && name.length() <= LONGEST_NAME;
  }

  private void unlisten(int at, int to) {
    if (tokens.symbol(at, '*')) {
      sure(LISTEN | ENDS, new SessionOp.End(LISTEN));
      unlistened.add(StatementEffects.ALL_CHANNELS);
    } else if (identifier(at, to)) {
      sure(LISTEN | ENDS, new SessionOp.Unlisten(tokens.text(at)));
      unlistened.add(tokens.text(at));
    } else {
      unsure(LISTEN | ENDS);
    }
  }

  private boolean has(String word, int from, int to) {
    for (int i = from; i < to; i++) {
      if (tokens.word(i, word)) {
        return true;
      }
    }
    return false;
  }

  /** What stands anywhere in it: functions that are called, and words that make something temporary. */
  private void functions(int from, int to) {
    for (int i = from; i < to; i++) {
      switch (tokens.kind(i)) {
        case WORD, QUOTED -> name(i, from);
        case OPAQUE -> {
          if (tokens.symbol(i + 1, '(')) {
            unsure(ASKABLE | COMPUTED_NAME);
          }
        }
        case STRING, NUMBER, PARAMETER, SYMBOL, END -> {
        }
      }
    }
  }

  private void name(int i, int from) {
    String text = tokens.text(i);
    if (tokens.symbol(i + 1, '(')) {
      if (text.equals("set_config")) {
        computedSetting(i);
        return;
      }
      Integer known = FUNCTIONS.get(text);
      if (known != null) {
        unsure(known);
      }
    }
    if (sequences && (text.equals("nextval") || text.equals("insert") || text.equals("merge"))) {
      unsure(SEQUENCE);
    }
    if (text.startsWith("pg_temp")) {
      unsure(TEMPORARY | ENDS);
    } else if ((text.equals("temp") || text.equals("temporary")) && i > from && makes(i - 1)) {
      unsure(TEMPORARY);
    } else if (text.equals("execute") && tokens.word(from, "explain")) {
      unsure(EXECUTES);
    } else if (text.equals("execute") && i > from && tokens.word(i - 1, "as")) {
      unsure(EXECUTES); // CREATE TABLE ... AS EXECUTE
    }
  }

  private boolean makes(int i) {
    return switch (tokens.text(i)) {
      case "create", "replace", "local", "global", "into" -> true;
      default -> false;
    };
  }

  /** A call of set_config in the midst of something. */
  private void computedSetting(int i) {
    unsure(SETTINGS);
    if (tokens.kind(i + 2) == Kind.STRING && tokens.symbol(i + 3, ',')) {
      custom(tokens.text(i + 2));
    } else {
      unsure(COMPUTED_NAME);
    }
  }

  private void custom(String name) {
    if (name.indexOf('.') >= 0) {
      names.add(Settings.lower(name));
    }
  }

  /** {@code SELECT [pg_catalog.]set_config('a', 'b', false)} and nothing else. */
  private boolean setConfig(int from, int to) {
    int i = from + 1;
    if (tokens.word(i, "pg_catalog") && tokens.symbol(i + 1, '.')) {
      i += 2;
    }
    boolean literal = tokens.word(from, "select") && tokens.word(i, "set_config")
        && tokens.symbol(i + 1, '(') && tokens.kind(i + 2) == Kind.STRING
        && tokens.symbol(i + 3, ',') && tokens.kind(i + 4) == Kind.STRING
        && tokens.symbol(i + 5, ',') && tokens.kind(i + 6) == Kind.WORD
        && tokens.symbol(i + 7, ')') && i + 8 == to;
    if (!literal) {
      return false;
    }
    String name = Settings.lower(tokens.text(i + 2));
    if (tokens.word(i + 6, "true")) {
      return true;
    }
    if (!tokens.word(i + 6, "false") || !Settings.plain(name)) {
      return false;
    }
    custom(name);
    assign(name, Settings.setConfig(name, tokens.text(i + 4)));
    return true;
  }

  private boolean unlockAll(int from, int to) {
    if (tokens.word(from, "select") && tokens.word(from + 1, "pg_advisory_unlock_all")
        && tokens.symbol(from + 2, '(') && tokens.symbol(from + 3, ')') && from + 4 == to) {
      sure(LOCK | ENDS, UNLOCK_ALL);
      return true;
    }
    return false;
  }

  private void prepare(int from, int to) {
    if (tokens.word(from + 1, "transaction")) {
      control = true;
      return;
    }
    int before = flags;
    functions(from + 2, to);
    onExecute |= flags & ~before;
    flags = before;
    if (movable != null && identifier(from + 1, from + 2) && from == 0) {
      sure(PREPARED, new SessionOp.Prepare(tokens.text(from + 1), movable));
    } else {
      unsure(PREPARED);
    }
  }

  private void deallocate(int from, int to) {
    int i = tokens.word(from, "prepare") && from + 1 < to ? from + 1 : from;
    if (tokens.word(i, "all")) {
      sure(PREPARED | ENDS, new SessionOp.End(PREPARED));
    } else if (identifier(i, to)) {
      sure(PREPARED | ENDS, new SessionOp.Forget(tokens.text(i)));
    } else {
      unsure(PREPARED | ENDS);
    }
  }

  private void discard(int at) {
    if (tokens.word(at, "all")) {
      sure(ASKABLE | ENDS, new SessionOp.DiscardAll());
    } else if (tokens.word(at, "sequences")) {
      sure(ENDS, new SessionOp.End(SEQUENCE));
    } else if (!tokens.word(at, "plans")) {
      unsure(TEMPORARY | ENDS);
    }
  }

  // --- SET ---

  private void set(int from, int to) {
    if (tokens.word(from, "local")) {
      return;
    }
    int i = from;
    if (tokens.word(i, "session") && !tokens.symbol(i + 1, '=') && !tokens.word(i + 1, "to")) {
      i++;
      if (tokens.word(i, "characteristics")) {
        characteristics(i + 1, to);
        return;
      } else if (tokens.word(i, "authorization")) {
        unsure(SETTINGS);
        return;
      }
    }
    if (tokens.kind(i) != Kind.WORD && tokens.kind(i) != Kind.QUOTED) {
      unsure(ASKABLE);
      return;
    }
    switch (tokens.text(i)) {
      case "transaction", "constraints" -> {
        if (!tokens.symbol(i + 1, '=') && !tokens.word(i + 1, "to")) {
          return;
        }
      }
      case "names" -> {
        ofItsOwn("client_encoding", i + 1, to);
        return;
      }
      case "time" -> {
        if (tokens.word(i + 1, "zone")) {
          ofItsOwn("timezone", i + 2, to);
          return;
        }
      }
      default -> {
        // a setting like any other
      }
    }
    assignment(i, to);
  }

  /** A setting with a syntax of its own, which every server reports: only its end has to be known. */
  private void ofItsOwn(String name, int from, int to) {
    if (from == to || tokens.word(from, "default") || tokens.word(from, "local")) {
      sure(SETTINGS, new SessionOp.Unset(name));
    } else {
      flags |= SETTINGS;
    }
  }

  private void assignment(int from, int to) {
    StringBuilder dotted = new StringBuilder(tokens.text(from));
    int i = from + 1;
    while (tokens.symbol(i, '.')
        && (tokens.kind(i + 1) == Kind.WORD || tokens.kind(i + 1) == Kind.QUOTED)) {
      dotted.append('.').append(tokens.text(i + 1));
      i += 2;
    }
    String name = Settings.lower(dotted.toString());
    custom(name);
    boolean assigns = tokens.symbol(i, '=') || tokens.word(i, "to");
    if (name.equals("seed")) {
      unsure(SEED);
      return;
    }
    String values = assigns && Settings.plain(name) ? values(i + 1, to) : null;
    if (Settings.ofTransaction(name)) {
      return;
    }
    if (values == null) {
      unsure(SETTINGS);
    } else if (values.isEmpty() && name.indexOf('.') >= 0) {
      unsure(SETTINGS);
    } else if (values.isEmpty()) {
      sure(SETTINGS, new SessionOp.Unset(name));
    } else {
      assign(name, "SET " + name + " TO " + values);
    }
  }

  private void assign(String name, String sql) {
    if (name.equals("search_path") && sql.contains("pg_temp")) {
      unsure(SETTINGS | TEMPORARY); // what is created from now on may be temporary
    } else {
      sure(SETTINGS, new SessionOp.Assign(name, sql));
    }
  }

  /** The values as literals; empty for DEFAULT, null when they are not understood. */
  private @Nullable String values(int from, int to) {
    if (tokens.word(from, "default") && from + 1 == to) {
      return "";
    }
    StringBuilder literals = new StringBuilder();
    int i = from;
    while (i < to) {
      if (!literals.isEmpty()) {
        if (!tokens.symbol(i, ',')) {
          return null;
        }
        literals.append(',');
        i++;
      }
      if ((tokens.symbol(i, '-') || tokens.symbol(i, '+')) && tokens.kind(i + 1) == Kind.NUMBER) {
        literals.append(tokens.text(i));
        i++;
      }
      switch (tokens.kind(i)) {
        case WORD, QUOTED, STRING -> literals.append(Settings.literal(tokens.text(i)));
        case NUMBER -> literals.append(tokens.text(i));
        case OPAQUE, PARAMETER, SYMBOL, END -> {
          return null;
        }
      }
      i++;
    }
    return literals.isEmpty() ? null : literals.toString();
  }

  /** {@code SET SESSION CHARACTERISTICS AS TRANSACTION ...}. */
  private void characteristics(int from, int to) {
    unsureUnless(from + 2 < to && tokens.word(from, "as") && tokens.word(from + 1, "transaction"));
    int i = from + 2;
    while (i < to && ops != null) {
      if (tokens.symbol(i, ',')) {
        i++;
      } else if (tokens.word(i, "isolation") && tokens.word(i + 1, "level")) {
        boolean two = tokens.word(i + 2, "read") || tokens.word(i + 2, "repeatable");
        String level = two
            ? tokens.text(i + 2) + " " + tokens.text(i + 3)
            : tokens.text(i + 2);
        characteristic("default_transaction_isolation", level);
        i += two ? 4 : 3;
      } else if (tokens.word(i, "read")) {
        characteristic("default_transaction_read_only",
            tokens.word(i + 1, "only") ? "on" : "off");
        i += 2;
      } else {
        unsure(SETTINGS);
      }
    }
  }

  private void unsureUnless(boolean understood) {
    if (!understood) {
      unsure(SETTINGS);
    }
  }

  private void characteristic(String name, String value) {
    sure(SETTINGS,
        new SessionOp.Assign(name, "SET " + name + " TO " + Settings.literal(value)));
  }

  private void reset(int from, int to) {
    if (tokens.word(from, "all")) {
      sure(SETTINGS, new SessionOp.UnsetAll());
    } else if (tokens.word(from, "time") && tokens.word(from + 1, "zone")) {
      sure(SETTINGS, new SessionOp.Unset("timezone"));
    } else if (tokens.word(from, "session") || tokens.word(from, "role")) {
      unsure(SETTINGS);
    } else if (!tokens.word(from, "transaction")) {
      StringBuilder dotted = new StringBuilder();
      for (int i = from; i < to; i++) {
        dotted.append(tokens.text(i));
      }
      String name = Settings.lower(dotted.toString());
      custom(name);
      if (Settings.plain(name) && name.indexOf('.') < 0) { // else empty, or what its library says
        sure(SETTINGS, new SessionOp.Unset(name));
      } else {
        unsure(SETTINGS);
      }
    }
  }
}
