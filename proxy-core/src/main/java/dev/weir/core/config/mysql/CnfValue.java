package dev.weir.core.config.mysql;

import java.util.List;
import java.util.SequencedMap;

/** A value of a libconfig file. */
sealed interface CnfValue {
  /** The line where it begins, counted from 1. */
  int line();

  /** A number, a boolean or a string, as text; booleans are {@code true} and {@code false}. */
  record Scalar(String text, boolean isBoolean, int line) implements CnfValue {}

  /** {@code { name = value; … }}. */
  record Group(SequencedMap<String, CnfValue> settings, int line) implements CnfValue {}

  /** {@code ( … )} or {@code [ … ]}. */
  record Sequence(List<CnfValue> values, int line) implements CnfValue {}
}
