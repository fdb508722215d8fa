package dev.weir.admin.table;

import dev.weir.core.control.ResultTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table: each name stands beside its meaning and the function that gets its value, so
 * that they cannot come apart. Immutable; every call answers a longer list.
 *
 * @param <R> what one row is made from
 */
public final class Columns<R> {
  private record Cell<R>(ResultTable.Column column, String doc,
      Function<R, @Nullable String> value) {}

  private final List<Cell<R>> cells;

  private Columns(List<Cell<R>> cells) {
    this.cells = cells;
  }

  public static <R> Columns<R> of() {
    return new Columns<>(List.of());
  }

  /** A text; null is NULL. */
  public Columns<R> text(String name, String doc, Function<R, @Nullable String> value) {
    return with(name, doc, ResultTable.Type.TEXT, value);
  }

  /** A four byte integer. */
  public Columns<R> count(String name, String doc, ToIntFunction<R> value) {
    return with(name, doc, ResultTable.Type.INT, row -> Integer.toString(value.applyAsInt(row)));
  }

  /** A yes or no as 1 or 0. */
  public Columns<R> flag(String name, String doc, Predicate<R> value) {
    return with(name, doc, ResultTable.Type.INT, row -> value.test(row) ? "1" : "0");
  }

  /**
   * A number that the original declares as a four byte integer though it is a wider counter; beyond the range it wraps,
   * as there, because drivers refuse what does not fit the type.
   */
  public Columns<R> wrappingCount(String name, String doc, ToLongFunction<R> value) {
    return with(name, doc, ResultTable.Type.INT,
        row -> Integer.toString((int) value.applyAsLong(row)));
  }

  /** An eight byte integer. */
  public Columns<R> big(String name, String doc, ToLongFunction<R> value) {
    return with(name, doc, ResultTable.Type.BIGINT, row -> Long.toString(value.applyAsLong(row)));
  }

  /** A number of any length. */
  public Columns<R> numeric(String name, String doc, ToLongFunction<R> value) {
    return with(name, doc, ResultTable.Type.NUMERIC, row -> Long.toString(value.applyAsLong(row)));
  }

  /** Bytes that are never shown: NULL in every row. */
  public Columns<R> withheldBytes(String name, String doc) {
    return with(name, doc, ResultTable.Type.BYTES, row -> null);
  }

  /** A text that is never shown: NULL in every row. */
  public Columns<R> withheldText(String name, String doc) {
    return with(name, doc, ResultTable.Type.TEXT, row -> null);
  }

  /** These columns, then those. */
  public Columns<R> and(Columns<R> more) {
    List<Cell<R>> all = new ArrayList<>(cells);
    all.addAll(more.cells);
    return new Columns<>(List.copyOf(all));
  }

  /** Names and types in order. */
  public List<ResultTable.Column> declared() {
    return cells.stream().map(Cell::column).toList();
  }

  /** What each column means, in order. */
  public List<String> docs() {
    return cells.stream().map(Cell::doc).toList();
  }

  /** The values of one row, in the order of the columns. */
  public List<@Nullable String> row(R from) {
    List<@Nullable String> values = new ArrayList<>(cells.size());
    for (Cell<R> cell : cells) {
      values.add(cell.value().apply(from));
    }
    return values;
  }

  private Columns<R> with(String name, String doc, ResultTable.Type type,
      Function<R, @Nullable String> value) {
    return and(new Columns<>(List.of(new Cell<>(new ResultTable.Column(name, type), doc, value))));
  }
}
