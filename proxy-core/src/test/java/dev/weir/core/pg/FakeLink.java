package dev.weir.core.pg;

import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.StreamStage;
import dev.weir.core.net.Worker;
import dev.weir.core.net.tls.TlsHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A link without a socket: what is written to it is kept, what arrives is given by the test. On the worker only. */
final class FakeLink implements Link {
  private final Worker worker;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private @Nullable LinkHandler handler;
  private boolean open = true;
  private boolean writable = true;
  private boolean paused;
  boolean aborted;

  FakeLink(Worker worker) {
    this.worker = worker;
  }

  /** Bytes arrive. */
  void arrive(byte[] bytes) {
    handler().onBytes(ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, bytes.length))
        .writeBytes(bytes));
  }

  /** The other side is gone. */
  void lose() {
    open = false;
    handler().onClosed(null);
  }

  void writable(boolean now) {
    boolean before = writable;
    writable = now;
    if (now && !before && open) {
      handler().onWritable();
    }
  }

  boolean paused() {
    return paused;
  }

  /** Takes what was written since the last time. */
  byte[] take() {
    byte[] all = written.toByteArray();
    written.reset();
    return all;
  }

  private LinkHandler handler() {
    LinkHandler h = handler;
    if (h == null) {
      throw new IllegalStateException("nobody handles this link");
    }
    return h;
  }

  @Override
  public Worker worker() {
    return worker;
  }

  @Override
  public void handler(LinkHandler to) {
    handler = to;
  }

  @Override
  public void write(ByteBuf bytes) {
    if (open) {
      byte[] copy = new byte[bytes.readableBytes()];
      bytes.readBytes(copy);
      written.writeBytes(copy);
    }
    bytes.release();
  }

  @Override
  public void flush() {}

  @Override
  public boolean writable() {
    return writable;
  }

  @Override
  public int unsentBytes() {
    return 0;
  }

  @Override
  public void pauseReads() {
    paused = true;
  }

  @Override
  public void resumeReads() {
    paused = false;
  }

  @Override
  public void close() {
    open = false;
  }

  @Override
  public void abort() {
    open = false;
    aborted = true;
  }

  @Override
  public boolean open() {
    return open;
  }

  @Override
  public ByteBuf buffer(int capacity) {
    return ByteBufAllocator.DEFAULT.directBuffer(capacity);
  }

  @Override
  public void startTls(TlsHandshake handshake, @Nullable ByteBuf early,
      Consumer<@Nullable Throwable> done) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void pass(StreamStage stage, @Nullable ByteBuf early) {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable SSLSession tlsSession() {
    return null;
  }

  @Override
  public @Nullable String tlsApplicationProtocol() {
    return null;
  }

  @Override
  public void moveTo(Worker target, Runnable moved) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void remote(Endpoint claimed) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Endpoint remote() {
    return Endpoint.UNKNOWN;
  }

  @Override
  public Endpoint local() {
    return Endpoint.UNKNOWN;
  }

  @Override
  public @Nullable Credentials peerCredentials() {
    return null;
  }

  @Override
  public int fd() {
    return -1;
  }
}
