package dev.weir.core.mysql;

import dev.weir.core.control.MysqlView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** {@code stats_mysql_errors}: what servers answered with errors. Thread-safe; bounded, the oldest rows go first. */
final class ErrorStatistics {
  private static final int MAX = 2000;
  private static final int MAX_TEXT = 512;

  private record Key(int hostgroup, String host, int port, String user, String client,
      String schema, int errno) {}

  private static final class Row {
    private long count;
    private long first;
    private long last;
    private String text = "";
  }

  private final LinkedHashMap<Key, Row> rows = new LinkedHashMap<>(16, 0.75f, true);

  synchronized void count(Target target, String user, String client, String schema, int errno,
      String text) {
    long now = System.currentTimeMillis() / 1000;
    Row row = rows.computeIfAbsent(new Key(target.hostgroup(), target.row().hostname(),
        target.row().port(), user, client, schema, errno), _ -> new Row());
    if (row.count++ == 0) {
      row.first = now;
    }
    row.last = now;
    row.text = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
    if (rows.size() > MAX) {
      rows.pollFirstEntry();
    }
  }

  synchronized List<MysqlView.ServerError> snapshot(boolean reset) {
    List<MysqlView.ServerError> all = new ArrayList<>(rows.size());
    rows.forEach((key, row) -> all.add(new MysqlView.ServerError(key.hostgroup, key.host, key.port,
        key.user, key.client, key.schema, key.errno, row.count, row.first, row.last, row.text)));
    if (reset) {
      rows.clear();
    }
    return all;
  }
}
