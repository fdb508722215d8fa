package dev.weir.it;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** An operator at the console. Closing it ends the connection. */
public record Console(Connection connection) implements AutoCloseable {
  /** Runs a command that gives no rows. */
  public void run(String command) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(command);
    }
  }

  /** The failure of a command that must fail. */
  public SQLException error(String command) {
    try {
      run(command);
    } catch (SQLException e) {
      return e;
    }
    throw new AssertionError("did not fail: " + command);
  }

  /** Rows of {@code SHOW item}. */
  public List<Map<String, String>> show(String item) throws SQLException {
    return rows("SHOW " + item);
  }

  /** Each row as a map from column to text, columns in their order, SQL's null as the text {@code <null>}. */
  public List<Map<String, String>> rows(String command) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(command)) {
      ResultSetMetaData columns = result.getMetaData();
      List<Map<String, String>> rows = new ArrayList<>();
      while (result.next()) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          String value = result.getString(i);
          row.put(columns.getColumnName(i), value == null ? "<null>" : value);
        }
        rows.add(row);
      }
      return rows;
    }
  }

  /** Column names of a SHOW, in their order. */
  public List<String> columns(String item) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SHOW " + item)) {
      ResultSetMetaData meta = result.getMetaData();
      List<String> names = new ArrayList<>();
      for (int i = 1; i <= meta.getColumnCount(); i++) {
        names.add(meta.getColumnName(i));
      }
      return names;
    }
  }

  /** Waits until the rows are as they should be, and gives them. */
  public List<Map<String, String>> awaitShow(String item,
      Predicate<List<Map<String, String>>> asExpected) throws SQLException {
    try {
      return Awaitility.await("SHOW " + item).atMost(WeirServer.PATIENCE)
          .pollInterval(Duration.ofMillis(20)).until(() -> show(item), asExpected);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("SHOW " + item + " is still " + show(item), e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
