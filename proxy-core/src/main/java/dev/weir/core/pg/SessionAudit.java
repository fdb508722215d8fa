package dev.weir.core.pg;

import dev.weir.core.sql.pg.Settings;
import dev.weir.core.sql.pg.StatementEffects;
import dev.weir.pg.message.DataRow;
import dev.weir.pg.message.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Asks a server what its session has become, and reads the answer: settings made in the session, and what binds it to
 * this server. Confined to the session's worker.
 */
final class SessionAudit {
  private static final String EQ = " OPERATOR(pg_catalog.=) ";
  private static final String QUESTION = "SELECT 's',s.name,s.setting FROM pg_catalog.pg_settings s"
      + " WHERE s.source" + EQ + "'session'"
      + " UNION ALL SELECT 'r','role',pg_catalog.current_setting('role')"
      + " UNION ALL SELECT 'u','',SESSION_USER::pg_catalog.text"
      + found(StatementEffects.TEMPORARY, "SELECT FROM pg_catalog.pg_depend WHERE refclassid" + EQ
          + "'pg_catalog.pg_namespace'::pg_catalog.regclass AND refobjid" + EQ
          + "pg_catalog.pg_my_temp_schema())")
      + found(StatementEffects.LOCK, "SELECT FROM pg_catalog.pg_locks WHERE locktype" + EQ
          + "'advisory' AND pid" + EQ + "pg_catalog.pg_backend_pid())")
      + found(StatementEffects.CURSOR,
          "SELECT FROM pg_catalog.pg_cursors WHERE is_holdable)")
      + " UNION ALL SELECT 'l',c,'' FROM pg_catalog.pg_listening_channels() c"
      + " UNION ALL SELECT 'p',name,statement FROM pg_catalog.pg_prepared_statements WHERE from_sql";

  private SortedMap<String, String> settings = new TreeMap<>();
  private SortedMap<String, String> prepared = new TreeMap<>();
  private Set<String> channels = new LinkedHashSet<>();
  private Set<String> reports = new LinkedHashSet<>();
  private int binds;

  private static String found(int flag, String rows) {
    return " UNION ALL SELECT 'b','" + flag + "','' WHERE EXISTS(" + rows;
  }

  /** The question; {@code names} are settings that no list of the server's contains. */
  String ask(Collection<String> names) {
    settings = new TreeMap<>();
    prepared = new TreeMap<>();
    channels = new LinkedHashSet<>();
    reports = new LinkedHashSet<>();
    binds = 0;
    StringBuilder sql = new StringBuilder(QUESTION);
    for (String name : names) {
      String literal = Settings.literal(name);
      sql.append(" UNION ALL SELECT 's',").append(literal)
          .append(",pg_catalog.current_setting(").append(literal).append(",true)");
    }
    return sql.toString();
  }

  /** A row of the answer. */
  void row(ByteBuf body, PgServer server) {
    DataRow row = DataRow.decode(body);
    if (row.columns().size() != 3) {
      throw new MalformedMessageException("a row of " + row.columns().size() + " columns, not 3");
    }
    String kind = row.text(0);
    String name = row.text(1);
    String value = row.text(2);
    if (kind == null || name == null || value == null) {
      return;
    }
    switch (kind) {
      case "s" -> setting(Settings.lower(name), value, server);
      case "r" -> {
        if (!value.equals("none")) {
          settings.put(SettingSet.ROLE, "SET ROLE " + Settings.literal(value));
        }
      }
      case "u" -> {
        if (!value.equals(server.owner().userName())) {
          settings.put(SettingSet.USER, "SET SESSION AUTHORIZATION " + Settings.literal(value));
        }
      }
      case "l" -> channels.add(name);
      case "p" -> {
        // A text that holds more than this PREPARE, or means something else elsewhere, cannot be sent again.
        if (name.equals(server.owner().runtime().texts(server.worker()).prepares(value))) {
          prepared.put(name, value);
        } else {
          binds |= StatementEffects.PREPARED;
        }
      }
      default -> binds |= Integer.parseInt(name);
    }
  }

  private void setting(String name, String value, PgServer server) {
    int index = server.owner().runtime().tracked().find(name);
    boolean reported = index >= 0 && server.parameters().get(index) != null;
    if (name.equals("search_path") && value.contains("pg_temp")) {
      binds |= StatementEffects.TEMPORARY; // what is created may be temporary, and no text says so
    }
    if (reported) {
      reports.add(name);
    } else if (!Settings.ofTransaction(name) && !name.equals("seed")) {
      settings.put(name, Settings.setConfig(name, value));
    }
  }

  SettingSet settings() {
    return SettingSet.of(settings, prepared);
  }

  /** Of the parameters that the server reports those that are set in its session. */
  Set<String> reports() {
    return reports;
  }

  /** Channels that the server listens to. */
  Set<String> channels() {
    return channels;
  }

  /** Flags of {@link StatementEffects} for what cannot be moved. */
  int binds() {
    return binds;
  }
}
