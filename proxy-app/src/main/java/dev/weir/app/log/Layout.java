package dev.weir.app.log;

/** Makes a line of text, without its line end, of an event. */
@FunctionalInterface
interface Layout {
  String format(LogLine line);
}
