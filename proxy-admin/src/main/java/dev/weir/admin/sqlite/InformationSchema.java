package dev.weir.admin.sqlite;

import java.util.List;

/**
 * As much of MySQL's {@code information_schema} as mysqldump and mariadb-dump read before they dump a table. Filled when a
 * statement names it. Confined to the admin thread.
 */
final class InformationSchema {
  static final String NAME = "information_schema";
  private static final List<String> TABLES = List.of(
      "SCHEMATA (CATALOG_NAME VARCHAR, SCHEMA_NAME VARCHAR, DEFAULT_CHARACTER_SET_NAME VARCHAR, DEFAULT_COLLATION_NAME VARCHAR)",
      "TABLES (TABLE_CATALOG VARCHAR, TABLE_SCHEMA VARCHAR, TABLE_NAME VARCHAR, TABLE_TYPE VARCHAR, ENGINE VARCHAR)",
      "COLUMNS (TABLE_CATALOG VARCHAR, TABLE_SCHEMA VARCHAR, TABLE_NAME VARCHAR, COLUMN_NAME VARCHAR, ORDINAL_POSITION INT, COLUMN_DEFAULT VARCHAR, IS_NULLABLE VARCHAR, DATA_TYPE VARCHAR, COLUMN_TYPE VARCHAR, COLUMN_KEY VARCHAR, EXTRA VARCHAR, GENERATION_EXPRESSION VARCHAR)",
      "FILES (FILE_NAME VARCHAR, FILE_TYPE VARCHAR, TABLESPACE_NAME VARCHAR, LOGFILE_GROUP_NAME VARCHAR, TOTAL_EXTENTS INT, INITIAL_SIZE INT, EXTENT_SIZE INT, ENGINE VARCHAR, EXTRA VARCHAR)",
      "TRIGGERS (TRIGGER_SCHEMA VARCHAR, TRIGGER_NAME VARCHAR, EVENT_OBJECT_SCHEMA VARCHAR, EVENT_OBJECT_TABLE VARCHAR)",
      "PARTITIONS (TABLE_SCHEMA VARCHAR, TABLE_NAME VARCHAR, TABLESPACE_NAME VARCHAR)",
      "COLUMN_STATISTICS (SCHEMA_NAME VARCHAR, TABLE_NAME VARCHAR, COLUMN_NAME VARCHAR, HISTOGRAM VARCHAR)");

  private static final List<String> FILLED = List.of("SCHEMATA", "TABLES", "COLUMNS");

  private final StoreConnection connection;
  /** The schemas of this side, the one that DATABASE() means first. */
  private final List<String> schemas;
  /** What DATABASE() answers on this side. */
  private final String home;

  InformationSchema(StoreConnection connection, List<String> schemas, String home) {
    this.connection = connection;
    this.schemas = schemas;
    this.home = home;
  }

  void create() throws StoreException {
    connection.attach(NAME, "");
    for (String table : TABLES) {
      connection.run("CREATE TABLE " + NAME + "." + table);
    }
  }

  void fill() throws StoreException {
    connection.transaction(() -> {
      for (String table : FILLED) {
        connection.run("DELETE FROM " + NAME + "." + table);
      }
      for (String schema : schemas) {
        add(schema, schema);
      }
      if (!schemas.contains(home)) { // the operators' is called admin there, and main here
        add(home, schemas.getFirst());
      }
    });
  }

  private void add(String shown, String schema) throws StoreException {
    connection.change("INSERT INTO " + NAME + ".SCHEMATA VALUES ('def', ?, 'utf8',"
        + " 'utf8_general_ci')", List.of(shown));
    connection.change("INSERT INTO " + NAME + ".TABLES SELECT 'def', ?, name, 'BASE TABLE',"
        + " 'SQLite' FROM " + schema + ".sqlite_master WHERE type = 'table'", List.of(shown));
    connection.change("INSERT INTO " + NAME + ".COLUMNS SELECT 'def', ?, t.name, c.name, c.cid + 1,"
        + " c.dflt_value, CASE c.`notnull` WHEN 1 THEN 'NO' ELSE 'YES' END, LOWER(c.type),"
        + " LOWER(c.type), CASE c.pk WHEN 0 THEN '' ELSE 'PRI' END, '', '' FROM " + schema
        + ".sqlite_master t JOIN pragma_table_info(t.name, ?) c WHERE t.type = 'table'",
        List.of(shown, schema));
  }
}
