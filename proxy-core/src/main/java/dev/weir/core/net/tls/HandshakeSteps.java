package dev.weir.core.net.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.NotSslRecordException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Carries an engine's handshake forward as far as the bytes at hand allow. One step runs at a time, on a handshake
 * thread, which owns the engine meanwhile.
 */
final class HandshakeSteps {
  /** Header of a record: type, version, length. */
  static final int HEADER = 5;

  private static final int MAX_RECORD = HEADER + 16384 + 2048;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final ByteBufAllocator alloc;
  private boolean begun;
  private boolean heard;
  private boolean unsettled;

  HandshakeSteps(SSLEngine engine, ByteBufAllocator alloc) {
    this.engine = engine;
    this.alloc = alloc;
  }

  /**
   * How a step ended.
   *
   * @param out bytes for the peer; the taker owns them
   * @param done whether an {@code SslHandler} can go on with the engine
   * @param failure why the handshake is over, after {@code out} (an alert) has been sent
   */
  record Result(ByteBuf out, boolean done, @Nullable Throwable failure) {}

  /** Whether {@code in} begins with a whole record, or with something that is none and ends the handshake. */
  static boolean hasRecord(ByteBuf in) {
    int readable = in.readableBytes();
    if (readable > 0 && !isTlsType(in)) {
      return true;
    }
    return readable >= HEADER && (readable >= recordLength(in) || !isRecord(in));
  }

  private static boolean isTlsType(ByteBuf in) {
    int type = in.getUnsignedByte(in.readerIndex());
    return type >= 20 && type <= 23; // change_cipher_spec, alert, handshake, application_data
  }

  private static boolean isRecord(ByteBuf in) {
    return isTlsType(in) && in.getUnsignedByte(in.readerIndex() + 1) == 3
        && recordLength(in) <= MAX_RECORD;
  }

  private static int recordLength(ByteBuf in) {
    return HEADER + in.getUnsignedShort(in.readerIndex() + 3);
  }

  /** Goes on with {@code in}, of which it reads whole records only; does not release it. */
  Result run(ByteBuf in) {
    ByteBuf out = alloc.buffer(2048);
    try {
      return new Result(out, go(in, out), null);
    } catch (SSLException | RuntimeException e) {
      sayAlert(out);
      return new Result(out, false, e);
    }
  }

  private boolean go(ByteBuf in, ByteBuf out) throws SSLException {
    if (!begun) {
      begun = true;
      engine.beginHandshake();
    }
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          if (heard && engine.getUseClientMode()) {
            return true; // the computing is done; SslHandler must see the last flight, or it would begin again
          }
          if (wrap(out)) {
            return true;
          }
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (unsettled) {
            unsettled = false;
            settle();
          } else if (!hasRecord(in)) {
            return false;
          } else if (unwrap(in)) {
            return true;
          }
        }
        case FINISHED, NOT_HANDSHAKING -> {
          return true;
        }
      }
    }
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine
        .getDelegatedTask()) {
      task.run();
    }
  }

  private boolean wrap(ByteBuf out) throws SSLException {
    SSLEngineResult result = wrapOnce(out);
    return switch (result.getStatus()) {
      case OK -> {
        requireProgress(result, HandshakeStatus.NEED_WRAP);
        yield result.getHandshakeStatus() == HandshakeStatus.FINISHED;
      }
      case CLOSED -> throw new SSLException("closed during the handshake");
      case BUFFER_OVERFLOW, BUFFER_UNDERFLOW ->
        throw new SSLException("record does not fit: " + result);
    };
  }

  private SSLEngineResult wrapOnce(ByteBuf out) throws SSLException {
    ByteBuffer record = ByteBuffer
        .allocate(Math.max(MAX_RECORD, engine.getSession().getPacketBufferSize()));
    SSLEngineResult result = engine.wrap(NOTHING.duplicate(), record);
    out.writeBytes(record.flip());
    return result;
  }

  /** BoringSSL's engine notices only on the next call that a record was the last of the handshake. */
  private void settle() throws SSLException {
    engine.unwrap(NOTHING.duplicate(),
        ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
  }

  private boolean unwrap(ByteBuf in) throws SSLException {
    if (!isTlsType(in) || !isRecord(in)) {
      throw new NotSslRecordException("not an SSL/TLS record");
    }
    // One record at a time: what follows the last one of the handshake belongs to SslHandler.
    ByteBuffer record = in.nioBuffer(in.readerIndex(), recordLength(in));
    ByteBuffer plain = ByteBuffer
        .allocate(Math.max(MAX_RECORD, engine.getSession().getApplicationBufferSize()));
    SSLEngineResult result = engine.unwrap(record, plain);
    in.skipBytes(result.bytesConsumed());
    heard = true;
    unsettled = true;
    if (result.bytesProduced() > 0) {
      throw new SSLException("application data during the handshake");
    }
    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
      throw new SSLException("closed during the handshake");
    }
    requireProgress(result, HandshakeStatus.NEED_UNWRAP);
    return result.getHandshakeStatus() == HandshakeStatus.FINISHED && !engine.getUseClientMode();
  }

  private static void requireProgress(SSLEngineResult result, HandshakeStatus before)
      throws SSLException {
    if (result.bytesConsumed() == 0 && result.bytesProduced() == 0
        && result.getHandshakeStatus() == before) {
      throw new SSLException("the handshake makes no progress: " + result);
    }
  }

  /** Collects what the engine wants to say about its failure. */
  private void sayAlert(ByteBuf out) {
    try {
      for (int i = 0; i < 4 && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++) {
        if (wrapOnce(out).bytesProduced() == 0) {
          return;
        }
      }
    } catch (SSLException | RuntimeException e) {
      return; // the failure itself, once more
    }
  }
}
