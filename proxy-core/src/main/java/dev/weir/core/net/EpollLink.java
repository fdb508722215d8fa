package dev.weir.core.net;

import dev.weir.core.net.tls.TlsHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Link} over a plain socket in its worker's epoll set, without a channel: it reads into the worker's memory
 * ({@link ReadBuffer}), and has a queue of its own only while something waits to be sent. One read for an event, unless it
 * took all the room there was; one write for a turn. A pause of reading asks the kernel for nothing before something
 * arrives meanwhile. When TLS begins, a {@link NettyLink} takes the socket over and this one only passes calls on.
 */
final class EpollLink implements Link, EpollHandle.Owner {
  /** Unsent bytes above which the source should stop, and below which it may go on. */
  static final int HIGH_WATER = 96 * 1024;
  static final int LOW_WATER = 32 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(EpollLink.class);
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;

  private final EpollHandle handle;
  private final Sockets sockets;
  private final Endpoint peer;
  private final Endpoint local;
  private volatile Worker worker;
  private LinkHandler handler;
  private volatile @Nullable Endpoint claimed; // tables look at it from other threads
  private volatile @Nullable NettyLink channel; // has the socket since TLS began
  private @Nullable WriteQueue unsent;
  private @Nullable LinkStage stage;
  private @Nullable ScheduledFuture<?> patience;
  private boolean dirty;
  private boolean congested;
  private boolean closed; // for the handler
  private boolean ended; // the socket is closed
  private boolean draining; // we have said our last word and wait for the peer's
  private boolean reading; // the socket may be read
  private boolean started; // the socket was ever to be read
  private boolean readsPaused; // as the handler wants it; a stage may keep the socket from being read besides
  private boolean moving;

  EpollLink(Socket socket, Sockets sockets, Worker worker, LinkHandler handler, Endpoint peer,
      Endpoint local) {
    this.handle = new EpollHandle(socket, this);
    this.sockets = sockets;
    this.worker = worker;
    this.handler = handler;
    this.peer = peer;
    this.local = local;
  }

  /** Takes over a handle that is in the worker's set already, after a connect. */
  EpollLink(EpollHandle handle, Sockets sockets, Worker worker, LinkHandler handler, Endpoint peer,
      Endpoint local) {
    this.handle = handle;
    this.sockets = sockets;
    this.worker = worker;
    this.handler = handler;
    this.peer = peer;
    this.local = local;
    handle.owner(this);
  }

  /** Enters the worker's set and reads from then on. On the worker. */
  void start() throws IOException {
    handle.register(worker);
    readSocket(true);
  }

  @Override
  public Worker worker() {
    NettyLink inner = channel;
    return inner != null ? inner.worker() : worker;
  }

  @Override
  public void handler(LinkHandler handler) {
    NettyLink inner = channel;
    if (inner != null) {
      inner.handler(handler);
    } else {
      this.handler = handler;
    }
  }

  // --- out ---

  @Override
  public void write(ByteBuf bytes) {
    NettyLink inner = channel;
    if (inner != null) {
      inner.write(bytes);
      return;
    }
    if (closed) {
      bytes.release();
      return;
    }
    if (!dirty) {
      dirty = true;
      worker.markDirty(this);
    }
    LinkStage through = stage;
    ByteBuf out = through == null ? bytes : through.write(bytes);
    if (out != null) {
      enqueue(out);
    }
  }

  private void enqueue(ByteBuf out) {
    WriteQueue queue = unsent;
    if (queue == null) {
      queue = worker.plain().queue();
      unsent = queue;
    }
    queue.add(out);
    if (queue.bytes() > HIGH_WATER) {
      congested = true;
    }
  }

  @Override
  public void flush() {
    NettyLink inner = channel;
    if (inner != null) {
      inner.flush();
    } else if (dirty) {
      dirty = false;
      drainStage();
      send();
    }
  }

  private void drainStage() {
    ByteBuf out = stage == null ? null : stage.drain();
    if (out != null) {
      enqueue(out);
    }
  }

  /** Sends what waits, as far as the socket takes it. */
  private void send() {
    WriteQueue queue = unsent;
    if (queue == null || moving) {
      return;
    }
    if (handle.wants(EpollHandle.OUT)) {
      queue.settle(); // it is full; the kernel will tell when it is not
      return;
    }
    PlainIo io = worker.plain();
    boolean all;
    try {
      all = queue.send(handle.socket(), io.gathered);
      if (!all) {
        queue.settle();
        handle.want(EpollHandle.OUT);
      }
    } catch (IOException | RuntimeException e) {
      failed(e);
      return;
    }
    if (all) {
      unsent = null;
      io.giveBack(queue);
    }
    if (congested && queue.bytes() < LOW_WATER) {
      congested = false;
      if (!closed) {
        tellWritable();
      }
    }
  }

  private void tellWritable() {
    try {
      handler.onWritable();
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private void roomToSend() {
    handle.drop(EpollHandle.OUT);
    send();
    if (closed && !ended && !draining && unsent == null) {
      endOutput();
    }
  }

  @Override
  public boolean writable() {
    NettyLink inner = channel;
    return inner != null ? inner.writable() : !congested;
  }

  @Override
  public int unsentBytes() {
    NettyLink inner = channel;
    if (inner != null) {
      return inner.unsentBytes();
    }
    int gathered = stage == null ? 0 : stage.gatheredBytes();
    WriteQueue queue = unsent;
    return queue == null ? gathered : gathered + queue.bytes();
  }

  @Override
  public ByteBuf buffer(int capacity) {
    return PooledByteBufAllocator.DEFAULT.directBuffer(capacity);
  }

  // --- in ---

  @Override
  public void pauseReads() {
    NettyLink inner = channel;
    readsPaused = true;
    if (inner != null) {
      inner.pauseReads();
    } else {
      readSocket(false);
    }
  }

  @Override
  public void resumeReads() {
    NettyLink inner = channel;
    readsPaused = false;
    if (inner != null) {
      inner.resumeReads();
    } else if (stage != null && stage.holdsInput()) {
      later(); // not from within whatever the handler is doing
    } else {
      readSocket(true);
    }
  }

  private void readSocket(boolean now) {
    reading = now;
    if (!now || ended) {
      return; // the kernel is told when something comes that is not wanted
    }
    started = true;
    try {
      handle.want(EpollHandle.IN | EpollHandle.RDHUP);
      if (!handle.watched() && !moving) { // it had hung up while it was not to be read
        handle.register(worker);
      }
    } catch (IOException | RuntimeException e) {
      worker.execute(() -> failed(e)); // not from within whatever the handler is doing
    }
  }

  @Override
  public void ready(int events) throws IOException {
    Worker here = worker;
    try {
      if ((events & (EpollHandle.OUT | EpollHandle.ERR)) != 0 && handle.wants(EpollHandle.OUT)) {
        roomToSend();
      }
      if (ended || moving || channel != null) {
        return;
      }
      boolean hungUp = (events
          & (EpollHandle.RDHUP | EpollHandle.HUP | EpollHandle.ERR)) != 0;
      if (draining) {
        discard();
      } else if (closed) {
        discardMeanwhile(events);
      } else if (reading) {
        read(here, hungUp);
      } else if (hungUp) {
        hungUpWhilePaused(here, events);
      } else {
        handle.drop(EpollHandle.IN);
      }
    } finally {
      here.flushDirty();
    }
  }

  /** Reads what is there, at most as often as one may before the others have their turn. */
  private void read(Worker here, boolean hungUp) throws IOException {
    ReadBuffer reads = here.plain().reads;
    int most = sockets.readsPerTurn();
    for (int i = 0; i < most && reading && here(here); i++) {
      int room = reads.room();
      int length = reads.read(handle.socket());
      if (length < 0) {
        inputOver();
        return;
      }
      if (length > 0) {
        deliver(here, reads, length);
      }
      if (length < room && !hungUp || length == 0) {
        return; // that was all
      }
    }
  }

  private boolean here(Worker here) {
    return !closed && !moving && channel == null && worker == here;
  }

  private void deliver(Worker here, ReadBuffer reads, int length) {
    ByteBuf bytes = reads.lend(length);
    try {
      LinkStage through = stage;
      if (through != null) {
        through.received(bytes);
      } else {
        handler.onBytes(bytes);
      }
    } catch (RuntimeException | Error e) {
      failed(e);
    } finally {
      here.flushDirty();
      reads.back(bytes, length);
    }
  }

  /**
   * Nobody wants to read, but somebody may want to know that the peer has gone: looks for the end once. If there is too much
   * before it, it is found when reading goes on.
   */
  private void hungUpWhilePaused(Worker here, int events) throws IOException {
    ReadBuffer reads = here.plain().reads;
    while (started && here(here) && !reading) {
      int room = reads.room();
      int length = reads.read(handle.socket());
      if (length < 0) {
        inputOver();
        return;
      }
      if (length > 0) {
        deliver(here, reads, length);
      }
      if (length == 0 || length == room) {
        break;
      }
    }
    if (ended || reading || moving || channel != null) {
      return;
    }
    handle.drop(EpollHandle.IN | EpollHandle.RDHUP);
    if ((events & (EpollHandle.HUP | EpollHandle.ERR)) != 0) {
      handle.unregister(); // it would be reported without end
    }
  }

  private void inputOver() {
    end();
    if (stage != null) {
      stage.inputOver();
    } else {
      tellClosed(null);
    }
  }

  // --- the end ---

  @Override
  public void close() {
    NettyLink inner = channel;
    if (inner != null) {
      inner.close();
      return;
    }
    if (closed) {
      return;
    }
    drainStage();
    closed = true;
    dirty = false;
    endStage();
    if (!moving) { // else the rest is done where it arrives
      finish();
    }
  }

  /** Sends the rest, then ends. */
  private void finish() {
    send();
    if (ended || draining) {
      return;
    }
    if (unsent == null) {
      endOutput();
    } else {
      patience(NettyLink.LINGER_SECONDS); // the peer does not take it: it may not keep us for ever
    }
  }

  /**
   * Everything has been sent. Closing while the peer still sends would make the kernel reset the connection, and the
   * peer might never read why it was closed: so we say that we are done, and let what comes run into nothing until the
   * peer closes, or for a second.
   */
  private void endOutput() {
    if (!handle.watched()) {
      end(); // the peer has hung up
      return;
    }
    try {
      handle.socket().shutdown(false, true);
      draining = true;
      handle.want(EpollHandle.IN | EpollHandle.RDHUP);
    } catch (IOException | RuntimeException _) { // it is not connected any more
      end();
      return;
    }
    patience(NettyLink.HALF_CLOSED_SECONDS);
  }

  private void patience(int seconds) {
    ScheduledFuture<?> before = patience;
    if (before != null) {
      before.cancel(false);
    }
    try {
      patience = worker.loop().schedule(this::end, seconds, TimeUnit.SECONDS);
    } catch (RejectedExecutionException _) { // the worker ends
      end();
    }
  }

  /** Lets what the peer still sends run into nothing. */
  private void discard() {
    try {
      if (worker.plain().reads.read(handle.socket()) < 0) {
        end();
      }
    } catch (IOException | RuntimeException _) {
      end();
    }
  }

  /** The same while our last bytes wait to be sent: who sends nothing more may still be reading. */
  private void discardMeanwhile(int events) throws IOException {
    if ((events & (EpollHandle.HUP | EpollHandle.ERR)) != 0) {
      end(); // but not who is gone
    } else if (worker.plain().reads.read(handle.socket()) < 0) {
      handle.drop(EpollHandle.IN | EpollHandle.RDHUP);
    }
  }

  @Override
  public void abort() {
    NettyLink inner = channel;
    if (inner != null) {
      inner.abort();
      return;
    }
    closed = true;
    dirty = false;
    endStage();
    end();
  }

  /** Closes the socket, drops what was not sent. */
  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    reading = false;
    dirty = false;
    handle.closeSocket();
    dropUnsent();
    ScheduledFuture<?> waiting = patience;
    patience = null;
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  private void dropUnsent() {
    WriteQueue queue = unsent;
    unsent = null;
    if (queue != null) {
      queue.release();
    }
  }

  private void endStage() {
    if (stage != null) {
      stage.close();
    }
  }

  /** The socket is of no use any more. */
  @Override
  public void failed(@Nullable Throwable why) {
    end();
    tellClosed(why);
  }

  private void tellClosed(@Nullable Throwable cause) {
    if (!closed) {
      closed = true;
      dirty = false;
      endStage();
      try {
        handler.onClosed(cause);
      } catch (RuntimeException | Error e) {
        LOG.warn("after the end of a connection", e);
      }
      worker.flushDirty();
    }
  }

  @Override
  public boolean open() {
    NettyLink inner = channel;
    return inner != null ? inner.open() : !closed;
  }

  // --- what it passes through ---

  @Override
  public void startTls(TlsHandshake handshake, @Nullable ByteBuf early,
      Consumer<@Nullable Throwable> done) {
    NettyLink inner = channel;
    if (inner != null) {
      inner.startTls(handshake, early, done);
      return;
    }
    if (stage != null) {
      throw new IllegalStateException("TLS above a stage");
    }
    flush();
    if (closed) { // the handler knows, or has wanted it
      NettyLink.drop(handshake, early);
      return;
    }
    handle.unregister();
    NettyLink made = sockets.channel(handle.socket(), peer.unix(), worker, handler);
    Endpoint other = claimed;
    made.remote(other != null ? other : peer);
    WriteQueue queue = unsent;
    unsent = null;
    List<ByteBuf> rest = List.of();
    if (queue != null) {
      rest = queue.takeAll();
      worker.plain().giveBack(queue);
    }
    channel = made;
    made.begin(rest, !readsPaused, handshake, early, done);
  }

  @Override
  public void pass(StreamStage through, @Nullable ByteBuf early) {
    NettyLink inner = channel;
    if (inner != null) {
      inner.pass(through, early);
      return;
    }
    if (stage != null) {
      throw new IllegalStateException("the link has a stage already");
    }
    LinkStage made = new LinkStage(through, new StageOwner());
    stage = made;
    if (closed) {
      made.close();
    }
    if (early != null) {
      made.begin(early);
    }
  }

  /** Hands on what the stage holds, after this turn. */
  private void later() {
    Worker here = worker;
    LinkStage through = stage;
    here.execute(() -> {
      if (worker == here && !moving && through != null) {
        through.resume();
      }
    });
  }

  /** The socket below the stage and the handler above it. */
  private final class StageOwner implements LinkStage.Owner {
    @Override
    public ByteBuf buffer(int capacity) {
      return EpollLink.this.buffer(capacity);
    }

    @Override
    public void deliver(ByteBuf piece) {
      handler.onBytes(piece);
    }

    @Override
    public boolean takesMore() {
      return !readsPaused && !closed && !moving;
    }

    @Override
    public void readSocket(boolean now) {
      EpollLink.this.readSocket(now);
    }

    @Override
    public void later() {
      EpollLink.this.later();
    }

    @Override
    public void broken(RuntimeException why) {
      failed(why);
    }

    @Override
    public void ended() {
      tellClosed(null);
    }
  }

  @Override
  public @Nullable SSLSession tlsSession() {
    NettyLink inner = channel;
    return inner == null ? null : inner.tlsSession();
  }

  @Override
  public @Nullable String tlsApplicationProtocol() {
    NettyLink inner = channel;
    return inner == null ? null : inner.tlsApplicationProtocol();
  }

  // --- where it lives, and whom it belongs to ---

  @Override
  public void moveTo(Worker target, Runnable moved) {
    NettyLink inner = channel;
    if (inner != null) {
      inner.moveTo(target, moved);
      return;
    }
    flush();
    handle.unregister();
    moving = true;
    worker = target;
    try {
      target.execute(() -> arrive(target, moved));
    } catch (RejectedExecutionException e) {
      moving = false;
      failed(e); // that worker has ended
      moved.run();
    }
  }

  private void arrive(Worker here, Runnable moved) {
    moving = false;
    if (!ended) {
      try {
        handle.register(here);
        if (closed) {
          finish();
        }
      } catch (IOException | RuntimeException e) {
        failed(e);
      }
    }
    moved.run();
    if (stage != null && stage.holdsInput()) {
      stage.resume(); // what came too late to be handed on where the link was
    }
  }

  @Override
  public Endpoint remote() {
    NettyLink inner = channel;
    if (inner != null) {
      return inner.remote();
    }
    Endpoint other = claimed;
    return other != null ? other : peer;
  }

  @Override
  public void remote(Endpoint claimed) {
    NettyLink inner = channel;
    if (inner != null) {
      inner.remote(claimed);
    } else {
      this.claimed = claimed;
    }
  }

  @Override
  public Endpoint local() {
    return local;
  }

  static Endpoint endpoint(boolean unix, @Nullable InetSocketAddress address) {
    if (unix) {
      return new Endpoint("unix", 0);
    }
    return address == null || address.getAddress() == null
        ? Endpoint.UNKNOWN
        : new Endpoint(Endpoint.hostOf(address.getAddress()), address.getPort());
  }

  /** {@code struct ucred} of unix(7): process, user, group. */
  @Override
  public @Nullable Credentials peerCredentials() {
    if (!peer.unix()) {
      return null;
    }
    ByteBuffer who = ByteBuffer.allocateDirect(3 * Integer.BYTES).order(ByteOrder.nativeOrder());
    try {
      handle.socket().getRawOpt(SOL_SOCKET, SO_PEERCRED, who);
    } catch (IOException _) {
      return null; // the peer is already gone: nobody is let in on that ground
    }
    return new Credentials(who.getInt(0), who.getInt(4), who.getInt(8));
  }

  @Override
  public int fd() {
    return handle.socket().intValue();
  }
}
