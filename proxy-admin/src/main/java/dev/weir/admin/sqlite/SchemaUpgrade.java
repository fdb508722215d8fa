package dev.weir.admin.sqlite;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the tables of a database that another version, or ProxySQL, has saved to the columns of today: what both have is
 * kept, what is new takes its default.
 */
final class SchemaUpgrade {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaUpgrade.class);

  private final StoreConnection connection;

  SchemaUpgrade(StoreConnection connection) {
    this.connection = connection;
  }

  void run() throws StoreException {
    for (var table : ConfigSchema.tables()) {
      List<String> saved = columns(table.name());
      if (!saved.equals(table.columns())) {
        upgrade(table.name(), ConfigSchema.columns(table), table.columns(), saved);
      }
    }
  }

  private List<String> columns(String table) throws StoreException {
    List<String> names = new ArrayList<>();
    connection.each("SELECT name FROM pragma_table_info('" + table + "', 'disk')",
        row -> names.add(String.valueOf(row.get("name"))));
    return names;
  }

  private void upgrade(String table, String declared, List<String> wanted, List<String> saved)
      throws StoreException {
    List<String> common = wanted.stream().filter(saved::contains).toList();
    String old = table + "_before";
    String list = String.join(", ", common);
    connection.run("DROP TABLE IF EXISTS disk." + old);
    connection.run("ALTER TABLE disk." + table + " RENAME TO " + old);
    connection.run("CREATE TABLE disk." + table + " (" + declared + ")");
    connection.run("INSERT INTO disk." + table + " (" + list + ") SELECT " + list + " FROM disk."
        + old);
    connection.run("DROP TABLE disk." + old);
    LOG.info("table {} of the saved database has the columns of today", table);
  }
}
