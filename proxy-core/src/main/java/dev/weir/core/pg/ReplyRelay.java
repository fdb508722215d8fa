package dev.weir.core.pg;

import dev.weir.core.net.Bytes;
import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.MalformedMessageException;
import dev.weir.pg.message.NotificationResponse;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The cursor over what a server sends: finds the messages by their headers, passes them on in runs, and shows the ledger
 * those that carry state. A long message streams through: what is still owed of it is counted, not held. Confined to the
 * server connection's worker.
 */
final class ReplyRelay {
  /** A message that must be read whole may be this long; a server that sends more is not believed. */
  private static final int MAX_WHOLE = 1 << 20;

  private final PgServer server;
  private final ReplyLedger ledger;
  private @Nullable ByteBuf rest;
  private int owed;
  private byte current;
  private boolean swallowing;
  private @Nullable ByteBuf in;
  private int at;
  private int run;
  private boolean cut;

  ReplyRelay(PgServer server, ReplyLedger ledger) {
    this.server = server;
    this.ledger = ledger;
  }

  /** Takes ownership. */
  void take(ByteBuf bytes) {
    ByteBuf all = bytes;
    if (rest != null) {
      all = Bytes.join(rest, bytes);
      rest = null;
    }
    in = all;
    try {
      relay(all);
    } finally {
      in = null;
      all.release();
    }
  }

  private void relay(ByteBuf bytes) {
    at = bytes.readerIndex();
    run = at;
    int end = bytes.writerIndex();
    while (!server.closed()) {
      if (owed > 0) {
        int here = Math.min(owed, end - at);
        at += here;
        owed -= here;
        if (swallowing) {
          run = at;
        }
        if (owed > 0) {
          break;
        }
        ledger.completed(current);
        continue;
      }
      if (at == end) {
        break;
      }
      byte tag = bytes.getByte(at);
      if (server.tenant() == null && ledger.nothingDue() && !mayComeUnasked(tag)) {
        server.gotDirty(); // nobody asked: whatever comes next would be taken for an answer to somebody
        return;
      }
      if (end - at < Framing.HEADER) {
        break;
      }
      int length = Framing.messageLength(bytes, at, Integer.MAX_VALUE);
      boolean swallow = ledger.swallows(tag);
      if (mustBeWhole(tag, swallow) && end - at < length) {
        if (length > MAX_WHOLE) {
          throw new MalformedMessageException(
              "message '" + (char) tag + "' of " + length + " bytes");
        }
        break;
      }
      if (tag == NotificationResponse.TAG) {
        swallow = ledger.hides(bytes, at, length); // whoever asked for what is due now, this is nobody's answer
      }
      if (swallow && !swallowing) {
        forwardRun();
      }
      swallowing = swallow;
      current = tag;
      owed = length;
      ledger.begun(bytes, at, length, swallow);
    }
    if (server.closed()) {
      return;
    }
    forwardRun();
    cut = owed > 0 && !swallowing;
    if (at < end) {
      rest = at == bytes.readerIndex() ? bytes.retain() : bytes.retainedSlice(at, end - at);
    }
  }

  /** Protocol chapter "Asynchronous Operations"; an error is the server's last word. */
  private static boolean mayComeUnasked(byte tag) {
    return tag == 'S' || tag == 'N' || tag == 'A' || tag == 'E';
  }

  private static boolean mustBeWhole(byte tag, boolean swallow) {
    return switch (tag) {
      case 'Z', 'C', 'S', 'A' -> true;
      case 'E', 'N', 'D' -> swallow;
      default -> false;
    };
  }

  /** Sends the finished run to the tenant; before anything that is put between the server's messages. */
  void forwardRun() {
    ByteBuf bytes = in;
    Tenant tenant = server.tenant();
    if (bytes != null && run < at && !swallowing && tenant != null) {
      tenant.receive(run == bytes.readerIndex() && at == bytes.writerIndex()
          ? bytes.retain()
          : bytes.retainedSlice(run, at - run));
      cut = false;
    }
    run = at;
  }

  /** The connection is closed. */
  void release() {
    if (rest != null) {
      rest.release();
      rest = null;
    }
  }

  int heldBytes() {
    return rest == null ? 0 : rest.readableBytes();
  }

  int owedBytes() {
    return owed;
  }

  /** The tenant has been given a part of a message, and not its rest: whatever it gets next is taken for that. */
  boolean answerCut() {
    return cut;
  }
}
