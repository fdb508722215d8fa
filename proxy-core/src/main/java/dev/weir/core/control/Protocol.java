package dev.weir.core.control;

/** What the clients and servers of a pool speak. */
public enum Protocol {
  POSTGRESQL("postgresql"), MYSQL("mysql");

  private final String label;

  Protocol(String label) {
    this.label = label;
  }

  /** As in the label {@code protocol} of metrics. */
  public String label() {
    return label;
  }
}
