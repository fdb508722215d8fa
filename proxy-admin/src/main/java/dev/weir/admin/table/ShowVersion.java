package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ProductVersion;
import java.util.List;

/** {@code SHOW VERSION}. */
record ShowVersion() implements ShowTable<String> {
  private static final Columns<String> COLUMNS = Columns.<String>of()
      .text("version", "The version.", version -> version);

  @Override
  public String name() {
    return "VERSION";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "The version: the first line of --version.";
  }

  @Override
  public Columns<String> columns() {
    return COLUMNS;
  }

  @Override
  public List<String> rows() {
    return List.of(ProductVersion.FULL);
  }
}
