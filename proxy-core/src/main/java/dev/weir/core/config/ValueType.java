package dev.weir.core.config;

import org.jspecify.annotations.Nullable;

/** How the text of a value is read, printed and described. */
interface ValueType<T extends @Nullable Object> {
  T parse(String text) throws BadValueException;

  /** The value as SHOW CONFIG prints it, {@code text} being what was written. */
  default String show(T value, String text) {
    return text;
  }

  /** What may be written, for error messages and the manual: {@code a whole number, 0 to 65535}. */
  String describe();
}
