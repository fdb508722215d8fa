package dev.weir.core.mysql.log;

import io.netty.buffer.ByteBuf;

/** Something that a log tells of. Immutable: made on a worker, written by the log's thread. */
public interface LogEvent {
  /** About as many bytes as it keeps of the heap until it is written. */
  int weight();

  /** Appends the event as its file shows it. */
  void writeTo(ByteBuf out);
}
