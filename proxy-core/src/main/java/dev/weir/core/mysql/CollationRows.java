package dev.weir.core.mysql;

import dev.weir.core.control.MysqlView.KnownCollation;
import dev.weir.mysql.packet.Collation;
import java.util.List;

/** The rows of {@code mysql_collations}, with the names of the original: utf8 where servers of today say utf8mb3. */
final class CollationRows {
  private static final List<KnownCollation> ALL = Collation.all().stream().map(CollationRows::of)
      .toList();

  private CollationRows() {}

  static List<KnownCollation> all() {
    return ALL;
  }

  private static KnownCollation of(Collation collation) {
    return new KnownCollation(collation.id(), old(collation.name()), old(collation.charset()),
        collation.equals(Collation.defaultOf(collation.charset(), false)));
  }

  private static String old(String name) {
    return name.startsWith("utf8mb3") ? "utf8" + name.substring("utf8mb3".length()) : name;
  }
}
