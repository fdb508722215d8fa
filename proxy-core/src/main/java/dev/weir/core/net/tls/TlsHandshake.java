package dev.weir.core.net.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A channel's handshake, computed off its event loop. Stands where Netty's {@link SslHandler} will stand, and puts one in
 * its own place, under its own name, when the computing is done. (Netty's own handler moves only the engine's "delegated
 * tasks" to another thread, and BoringSSL signs and derives outside of those: up to a millisecond in which a worker would
 * serve nobody.)
 *
 * <p>The end is told by {@link #done()} and by an {@code SslHandshakeCompletionEvent}; a failed handshake also closes the
 * channel, after the alert. What is written before the end fails, for it would go out in clear.
 *
 * <p>Confined to the event loop, except for the engine: while {@code running}, it belongs to the handshake thread.
 */
public final class TlsHandshake extends ChannelDuplexHandler {
  /** More than any handshake sends before it must wait for us. */
  private static final int MAX_HELD = 256 * 1024;

  private enum State {
    SHAKING, HANDED_OVER, OVER
  }

  private final SSLEngine engine;
  private final Executor executor;
  private final CompletableFuture<SslHandler> done = new CompletableFuture<>();
  private State state = State.SHAKING;
  private boolean begun;
  private boolean running;
  private boolean released;
  private @Nullable HandshakeSteps steps;
  private @Nullable ByteBuf received;

  TlsHandshake(SSLEngine engine, Executor executor) {
    this.engine = engine;
    this.executor = executor;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      begin(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin(ctx);
    ctx.fireChannelActive();
  }

  private void begin(ChannelHandlerContext ctx) {
    if (!begun) {
      begun = true;
      if (engine.getUseClientMode()) {
        step(ctx);
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (state != State.SHAKING || !(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    received = joined(ctx, received, bytes);
    if (received.readableBytes() > MAX_HELD) {
      fail(ctx, new SSLException("too many bytes during the handshake"));
    } else if (!running && HandshakeSteps.hasRecord(received)) {
      step(ctx);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (state == State.SHAKING && !running && !ctx.channel().config().isAutoRead()) {
      ctx.read(); // nobody behind us knows yet that there is something to read
    }
    ctx.fireChannelReadComplete();
  }

  /** Completes on the event loop: with the handler that took over, or with why there is none. */
  public CompletionStage<SslHandler> done() {
    return done;
  }

  /** Lends the engine and the bytes received to a handshake thread. */
  private void step(ChannelHandlerContext ctx) {
    HandshakeSteps handshake = steps == null ? new HandshakeSteps(engine, ctx.alloc()) : steps;
    ByteBuf in = received == null ? ctx.alloc().buffer(0) : received;
    steps = handshake;
    received = null;
    running = true;
    try {
      executor.execute(() -> {
        HandshakeSteps.Result result = handshake.run(in);
        try {
          ctx.executor().execute(() -> onStep(ctx, in, result));
        } catch (RejectedExecutionException e) { // the event loop is gone, and its channels with it
          in.release();
          result.out().release();
          ReferenceCountUtil.release(engine);
        }
      });
    } catch (RejectedExecutionException e) {
      running = false;
      in.release();
      fail(ctx, e);
    }
  }

  private void onStep(ChannelHandlerContext ctx, ByteBuf rest, HandshakeSteps.Result result) {
    running = false;
    if (state != State.SHAKING || ctx.isRemoved()) {
      rest.release();
      result.out().release();
      releaseEngine();
      return;
    }
    if (!rest.isReadable()) {
      rest.release(); // nothing is held while a peer thinks
    } else {
      received = received == null ? rest : joined(ctx, rest, received);
    }
    Throwable failure = result.failure();
    if (failure != null) {
      ctx.writeAndFlush(result.out()).addListener(ChannelFutureListener.CLOSE);
      fail(ctx, failure);
      return;
    }
    if (result.out().isReadable()) {
      ctx.writeAndFlush(result.out());
    } else {
      result.out().release();
    }
    if (result.done()) {
      handOver(ctx);
    } else if (received != null && HandshakeSteps.hasRecord(received)) {
      step(ctx);
    } else if (!ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
  }

  private void handOver(ChannelHandlerContext ctx) {
    ByteBuf rest = received;
    received = null;
    state = State.HANDED_OVER;
    SslHandler tls = new SteadySslHandler(engine, executor);
    tls.handshakeFuture().addListener(shaken -> {
      if (shaken.isSuccess()) {
        done.complete(tls);
      } else {
        done.completeExceptionally(shaken.cause());
      }
    });
    ctx.pipeline().replace(this, ctx.name(), tls);
    ctx.flush(); // a replaced context's neighbour is its replacement: sends what is left, and the event with it
    if (rest != null) {
      ctx.fireChannelRead(rest);
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ReferenceCountUtil.release(message);
    promise.tryFailure(new IllegalStateException("written before the end of the TLS handshake"));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx, new ClosedChannelException());
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (state == State.SHAKING) {
      state = State.OVER;
      done.completeExceptionally(new ClosedChannelException());
    }
    if (state == State.OVER) {
      dropReceived();
      if (!running) {
        releaseEngine();
      }
    }
  }

  private void fail(ChannelHandlerContext ctx, Throwable failure) {
    if (state != State.SHAKING) {
      return;
    }
    state = State.OVER;
    dropReceived();
    done.completeExceptionally(failure);
    ctx.fireUserEventTriggered(new SslHandshakeCompletionEvent(failure));
    ctx.close();
  }

  private void releaseEngine() {
    if (!released) {
      released = true;
      ReferenceCountUtil.release(engine); // BoringSSL's hold native memory
    }
  }

  private void dropReceived() {
    ReferenceCountUtil.release(received);
    received = null;
  }

  private static ByteBuf joined(ChannelHandlerContext ctx, @Nullable ByteBuf first,
      ByteBuf second) {
    if (first == null) {
      return second;
    }
    if (!first.isReadable()) {
      first.release();
      return second;
    }
    ByteBuf both = ctx.alloc().buffer(first.readableBytes() + second.readableBytes());
    both.writeBytes(first).writeBytes(second);
    first.release();
    second.release();
    return both;
  }
}
