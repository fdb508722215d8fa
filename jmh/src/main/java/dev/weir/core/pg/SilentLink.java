package dev.weir.core.pg;

import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.StreamStage;
import dev.weir.core.net.Worker;
import dev.weir.core.net.tls.TlsHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Takes everything and sends nothing. */
final class SilentLink implements Link {
  private final Worker worker;

  SilentLink(Worker worker) {
    this.worker = worker;
  }

  @Override
  public Worker worker() {
    return worker;
  }

  @Override
  public void handler(LinkHandler handler) {
    // nothing will ever arrive
  }

  @Override
  public void write(ByteBuf bytes) {
    bytes.release();
  }

  @Override
  public void flush() {
    // nothing waits
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public int unsentBytes() {
    return 0;
  }

  @Override
  public void pauseReads() {
    // nothing is read
  }

  @Override
  public void resumeReads() {
    // nothing is read
  }

  @Override
  public void close() {
    // was never open
  }

  @Override
  public void abort() {
    // was never open
  }

  @Override
  public boolean open() {
    return true;
  }

  @Override
  public ByteBuf buffer(int capacity) {
    return PooledByteBufAllocator.DEFAULT.directBuffer(capacity);
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
