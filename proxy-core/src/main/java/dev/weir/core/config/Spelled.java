package dev.weir.core.config;

/** An enum constant that has a spelling of its own in configuration files, in tables and in log lines. */
public interface Spelled {
  /** The canonical, lower-case spelling; readers compare without case. */
  String spelling();
}
