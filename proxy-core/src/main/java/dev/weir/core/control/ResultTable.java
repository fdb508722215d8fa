package dev.weir.core.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A result in no protocol's terms; each session writes it in its own. Values are text, null is SQL NULL. */
public record ResultTable(List<Column> columns, List<List<@Nullable String>> rows) {

  /** Types that the consoles of the originals use. */
  public enum Type {
    TEXT, INT, BIGINT, NUMERIC, BYTES
  }

  public record Column(String name, Type type) {}
}
