package dev.weir.core.net;

import io.netty.channel.unix.IovArray;
import io.netty.channel.unix.Limits;
import java.util.ArrayDeque;

/** What the plain links of a worker share, so that none has memory of its own while nothing happens. Confined to the worker. */
final class PlainIo {
  private static final int SPARE_QUEUES = 64;

  final ReadBuffer reads = new ReadBuffer();
  final IovArray gathered = new IovArray(Limits.IOV_MAX);
  private final ArrayDeque<WriteQueue> spare = new ArrayDeque<>();

  WriteQueue queue() {
    WriteQueue queue = spare.pollLast();
    return queue == null ? new WriteQueue() : queue;
  }

  /** The queue is not needed any more; what is in it is dropped. */
  void giveBack(WriteQueue queue) {
    queue.release();
    if (queue.reusable() && spare.size() < SPARE_QUEUES) {
      spare.addLast(queue);
    }
  }

  /** The worker has ended. */
  void release() {
    reads.release();
    gathered.release();
  }
}
