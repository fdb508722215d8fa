package dev.weir.core.mysql;

import dev.weir.core.net.Worker;
import dev.weir.core.route.RouteDecision;
import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.ComSimple;
import dev.weir.mysql.packet.Command;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of statements, for the hostgroup that a rule mirrors to. Each runs in a session of its own that has no client:
 * it knows the user, schema and session variables, is in no transaction, and its answer goes nowhere. So many run at
 * once, so many wait, and of those beyond it only the number is known. Statements longer than 15 MiB are not copied, nor
 * prepared ones, nor LOAD DATA LOCAL, whose file only the client has. Thread-safe.
 */
final class Mirrors {
  private static final Logger LOG = LoggerFactory.getLogger(Mirrors.class);
  private static final int MAX_LENGTH = 15 << 20;
  /** Bytes of all copies that run, wait or are still coming in. */
  private static final long MAX_BYTES = 64L << 20;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Copy(Worker worker, MysqlUser user, MysqlGroup group, long capabilities,
      SessionVariables variables, String schema, MirrorLink.Route route, byte[] packet) {}

  private final MysqlRuntime runtime;
  private final AtomicLong bytes = new AtomicLong();
  private final LongAdder dropped = new LongAdder();
  private final Queue<Copy> queue = new ArrayDeque<>();
  private int atOnce = 1;
  private int mayWait;
  private int running;

  Mirrors(MysqlRuntime runtime) {
    this.runtime = runtime;
  }

  synchronized void limits(int most, int waiting) {
    atOnce = most;
    mayWait = waiting;
  }

  /** Copies the command, if it is one that can be. On the session's worker. */
  void copy(MysqlSession of, CurrentCommand command, RouteDecision decision) {
    Statement statement = command.statement();
    long length = of.intake().length();
    if (command.command() != Command.QUERY || of.link() instanceof MirrorLink
        || length >= MAX_LENGTH || statement == null || wantsFile(statement)) {
      return;
    }
    ByteBuf packet = command.bytes();
    int size = command.whole() ? packet.readableBytes() : (int) (Packets.HEADER + length);
    if (bytes.addAndGet(size) > MAX_BYTES) {
      bytes.addAndGet(-size);
      dropped.increment();
      return;
    }
    Copying copying = new Copying(of, decision, new byte[size]);
    copying.add(packet);
    if (command.whole()) {
      copying.complete();
    } else {
      command.copying(copying);
    }
  }

  private static boolean wantsFile(Statement statement) {
    for (Effect effect : statement.classification().effects()) {
      if (effect instanceof Effect.LoadLocal) {
        return true;
      }
    }
    return false;
  }

  /** A copy in the making: long statements come in pieces. Confined to the session's worker. */
  final class Copying {
    private final MysqlSession of;
    private final RouteDecision decision;
    private final byte[] packet;
    private int filled;

    private Copying(MysqlSession of, RouteDecision decision, byte[] packet) {
      this.of = of;
      this.decision = decision;
      this.packet = packet;
    }

    void add(ByteBuf piece) {
      int length = Math.min(piece.readableBytes(), packet.length - filled);
      piece.getBytes(piece.readerIndex(), packet, filled, length);
      filled += length;
    }

    void complete() {
      SessionVariables variables = of.variables().without("autocommit"); // each copy stands alone
      submit(new Copy(of.worker(), of.user(), of.home().group(), of.capabilities(), variables,
          of.schema(),
          new MirrorLink.Route(decision.mirrorHostgroup(), decision.mirrorFlagOut(),
              of.link().remote().host(), of.link().local()),
          packet));
    }

    /** The statement does not come to its end. */
    void abandon() {
      bytes.addAndGet(-packet.length);
    }
  }

  private void submit(Copy copy) {
    boolean starts = false;
    boolean waits = false;
    synchronized (this) {
      if (running < atOnce) {
        running++;
        starts = true;
      } else if (queue.size() < mayWait) {
        queue.add(copy);
        waits = true;
      }
    }
    if (starts) {
      start(copy);
    } else if (!waits) {
      bytes.addAndGet(-copy.packet.length);
      dropped.increment();
    }
  }

  private void start(Copy copy) {
    copy.worker.execute(() -> run(copy));
  }

  /** The session reads the statement and then a COM_QUIT, as from a client that wants no more than that. */
  private void run(Copy copy) {
    MirrorLink link = new MirrorLink(copy.worker, copy.route, () -> ended(copy));
    try {
      MysqlSession session = runtime.mirror(link, copy.user, copy.group, copy.capabilities,
          copy.variables, copy.schema);
      ByteBuf in = link.buffer(copy.packet.length + 8).writeBytes(copy.packet);
      Packets.write(in, 0, new ComSimple(Command.QUIT), copy.capabilities);
      session.onBytes(in);
    } catch (RuntimeException e) { // a fault of ours, which must not take a place for ever
      LOG.error("mirrored statement failed", e);
      link.close();
    }
  }

  private void ended(Copy copy) {
    bytes.addAndGet(-copy.packet.length);
    Copy next;
    synchronized (this) {
      next = running > atOnce ? null : queue.poll();
      if (next == null) {
        running--;
      }
    }
    if (next != null) {
      start(next);
    }
  }

  /** Those that wait are dropped. */
  synchronized void forget() {
    for (Copy copy = queue.poll(); copy != null; copy = queue.poll()) {
      bytes.addAndGet(-copy.packet.length);
      dropped.increment();
    }
  }

  synchronized int running() {
    return running;
  }

  synchronized int waiting() {
    return queue.size();
  }

  /** Copies that were not made for lack of room. */
  long dropped() {
    return dropped.sum();
  }
}
