package dev.weir.mysql.packet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A collation by its number on the wire, of MySQL 8 and later and of MariaDB. Five numbers carry another
 * name in MariaDB; here they have MySQL's ({@code utf8mb4_croatian_ci} is 245, MariaDB's own of that
 * name 608).
 *
 * @param charset the character set's name; utf8mb3, never utf8
 */
public record Collation(int id, String name, String charset) {
  public static final int LATIN1_SWEDISH_CI = 8;
  public static final int UTF8MB3_GENERAL_CI = 33;
  public static final int UTF8MB4_GENERAL_CI = 45;
  public static final int BINARY = 63;
  public static final int UTF8MB4_0900_AI_CI = 255;
  /** A login has one byte for the collation. */
  public static final int MAX_IN_LOGIN = 255;

  private static final Table TABLE = Table.read();

  /** Null for an id that neither server has. */
  public static @Nullable Collation of(int id) {
    return TABLE.byId.get(id);
  }

  /** In any case; the old {@code utf8_…} is taken for {@code utf8mb3_…}. Null when there is none. */
  public static @Nullable Collation of(String name) {
    return TABLE.byName.get(mb3(name.toLowerCase(Locale.ROOT), "utf8_", "utf8mb3_"));
  }

  /**
   * The collation that a character set, in any case, has by itself; null for an unknown one. For utf8mb4
   * that depends on the server: a MySQL of version 8 and later, or a MariaDB, which is as MySQL 5.7 here
   * until version 11.6 made it a setting.
   */
  public static @Nullable Collation defaultOf(String charset, boolean mariaDb) {
    String name = mb3(charset.toLowerCase(Locale.ROOT), "utf8", "utf8mb3");
    return (mariaDb ? TABLE.mariaDbDefault : TABLE.mySqlDefault).get(name);
  }

  /** Every collation, by its number. */
  public static List<Collation> all() {
    return TABLE.byId.values().stream().sorted(Comparator.comparingInt(Collation::id)).toList();
  }

  private static String mb3(String name, String old, String now) {
    boolean isOld = old.endsWith("_") ? name.startsWith(old) : name.equals(old);
    return isOld ? now + name.substring(old.length()) : name;
  }

  private record Table(Map<Integer, Collation> byId, Map<String, Collation> byName,
      Map<String, Collation> mySqlDefault, Map<String, Collation> mariaDbDefault) {

    static Table read() {
      Table table = new Table(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
      String name = "collations.tsv";
      try (InputStream in = Objects.requireNonNull(Collation.class.getResourceAsStream(name))) {
        new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines()
            .filter(line -> !line.startsWith("#")).forEach(table::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return table;
    }

    private void add(String line) {
      String[] fields = line.split("\t", -1);
      Collation collation = new Collation(Integer.parseInt(fields[0]), fields[1], fields[2]);
      String whose = fields.length > 3 ? fields[3] : "";
      byId.put(collation.id, collation);
      byName.putIfAbsent(collation.name, collation);
      if (whose.equals("mysql") || whose.equals("*")) {
        mySqlDefault.put(collation.charset, collation);
      }
      if (whose.equals("mariadb") || whose.equals("*")) {
        mariaDbDefault.put(collation.charset, collation);
      }
    }
  }
}
