package dev.weir.core.pg;

import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.ServerState;
import dev.weir.pg.message.BackendKeyData;
import dev.weir.pg.message.CancelRequest;
import dev.weir.pg.message.SslRequest;
import io.netty.buffer.ByteBuf;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancel requests to the servers of one pool. Each takes a connection of its own, within twice the pool's size. A request
 * is sent only while its client still runs a query on that server, and until it is through nobody else gets the server:
 * so it never hits a stranger's query. Thread-safe; one private lock around the queue.
 */
final class Cancels {
  private static final Logger LOG = LoggerFactory.getLogger(Cancels.class);

  /** Longest life of a cancel request's connection when cancel_wait_timeout sets none. */
  private static final long LONGEST_MILLIS = 60_000;

  private final PgPool pool;
  private final Object lock = new Object();
  private final Deque<Request> waiting = new ArrayDeque<>();
  private final AtomicInteger active = new AtomicInteger();

  /** A request, its target fixed at arrival. */
  private record Request(PgSession requester, PgSession target, PgServer server, long since) {
    Worker worker() {
      return target.worker();
    }

    void end(String reason) {
      requester.worker().execute(() -> requester.close(null, reason));
    }
  }

  Cancels(PgPool pool) {
    this.pool = pool;
  }

  int waiting() {
    synchronized (lock) {
      return waiting.size();
    }
  }

  int active() {
    return active.get();
  }

  /** The target's client wants its query canceled. On the target's worker. */
  void request(PgSession requester, PgSession target, PgServer server) {
    synchronized (lock) {
      waiting.add(new Request(requester, target, server, System.nanoTime()));
    }
    launch();
  }

  /** The requester is gone before its request was sent; it is carried out all the same. */
  void launch() {
    List<Request> ready = new ArrayList<>();
    synchronized (lock) {
      int size = pool.pool().limits().size();
      int room = size == 0 ? Integer.MAX_VALUE : 2 * size - pool.pool().total();
      while (room > 0 && !waiting.isEmpty()) {
        ready.add(waiting.poll());
        room--;
      }
    }
    for (Request request : ready) {
      request.worker().execute(() -> open(request));
    }
  }

  private void open(Request request) {
    SocketAddress to = request.server().socketAddress();
    if (to == null || !stillRuns(request)) {
      skip(request);
      return;
    }
    Carrier carrier = new Carrier(request);
    active.incrementAndGet();
    pool.pool().add(carrier);
    // A server that cannot be reached or never answers must not keep the target from others for ever.
    request.worker().after(millisLeft(request), () -> carrier.end("cancel_wait_timeout"));
    int millis = (int) Math.min(Integer.MAX_VALUE,
        pool.runtime().hot().serverConnectTimeoutNanos() / 1_000_000);
    pool.runtime().sockets().connect(request.worker(), to, millis, carrier::connected);
  }

  private long millisLeft(Request request) {
    long limit = pool.runtime().timeouts().cancelWaitNanos();
    return limit > 0
        ? Math.max(1, (limit - (System.nanoTime() - request.since())) / 1_000_000)
        : LONGEST_MILLIS;
  }

  private static boolean stillRuns(Request request) {
    return request.target().server() == request.server() && !request.server().ready();
  }

  private static void skip(Request request) {
    LOG.info("{}not sending cancel request for client that is now idle", request.target());
    request.end("not sending cancel request for client that is now idle");
  }

  /** Drops requests that have waited too long; sends those that have room now. */
  void keepHouse(long now) {
    long limit = pool.runtime().timeouts().cancelWaitNanos();
    List<Request> late = new ArrayList<>();
    synchronized (lock) {
      while (limit > 0 && !waiting.isEmpty() && now - waiting.peek().since() > limit) {
        late.add(waiting.poll());
      }
    }
    late.forEach(r -> r.end("cancel_wait_timeout"));
    if (waiting() > 0) {
      launch();
    }
  }

  /** The connection that carries one request. */
  private final class Carrier extends PooledConnection implements LinkHandler {
    private final Request request;
    private @Nullable Link link;
    private boolean tlsAsked;
    private boolean sent;
    private boolean over;

    Carrier(Request request) {
      super(pool.pool(), ServerState.ACTIVE_CANCEL, System.nanoTime());
      this.request = request;
    }

    void connected(@Nullable Link opened, @Nullable Throwable failure) {
      BackendKeyData key = request.server().cancelKey();
      if (over) {
        abort(opened);
      } else if (opened == null || key == null) {
        LOG.warn("{}cannot send cancel request: {}", request.target(),
            failure == null ? "the server gave no key" : failure.getMessage());
        abort(opened);
        end("cannot connect");
      } else {
        link = opened;
        opened.handler(this);
        opened.resumeReads();
        encryptOrSend(opened, key);
      }
    }

    private static void abort(@Nullable Link opened) {
      if (opened != null) {
        opened.abort();
      }
    }

    /** The key is a secret: it travels encrypted where the connection it belongs to is. */
    private void encryptOrSend(Link opened, BackendKeyData key) {
      Link target = request.server().linkOrNull();
      if (target == null || target.tlsSession() == null || !pool.runtime().serverTls().offered()) {
        send(opened, key);
        return;
      }
      tlsAsked = true;
      ByteBuf out = opened.buffer(8);
      new SslRequest().encode(out);
      opened.write(out);
    }

    private void tlsAnswer(Link opened, byte answer) {
      tlsAsked = false;
      BackendKeyData key = request.server().cancelKey();
      if (answer == 'S' && key != null) {
        pool.runtime().serverTls().start(opened, request.server().tlsHost(),
            request.server().port(), failure -> {
              if (over) {
                return;
              }
              if (failure == null) {
                send(opened, key);
              } else {
                LOG.warn("{}cannot send cancel request: {}", request.target(), failure);
                end("TLS startup failed");
              }
            });
      } else {
        end("server refused SSL");
      }
    }

    private void send(Link opened, BackendKeyData key) {
      if (!stillRuns(request)) {
        skip(request);
        end("not sending cancel request for client that is now idle");
        return;
      }
      sent = true;
      request.server().cancelBegins();
      ByteBuf out = opened.buffer(64);
      new CancelRequest(key.processId(), key.secret()).encode(out);
      opened.write(out); // the server closes when it has dealt with it
    }

    private void end(String reason) {
      if (over) {
        return;
      }
      over = true;
      active.decrementAndGet();
      if (link != null) {
        link.abort();
      }
      if (sent) {
        request.server().cancelEnds();
      }
      request.end(reason);
      pool.pool().remove(this);
      launch();
    }

    @Override
    public void onBytes(ByteBuf bytes) {
      byte first = bytes.getByte(bytes.readerIndex());
      int count = bytes.readableBytes();
      bytes.release();
      Link opened = link;
      if (tlsAsked && count == 1 && opened != null) {
        tlsAnswer(opened, first);
      } else if (tlsAsked) {
        end("bad sslreq answer"); // a server answers nothing to the cancel request itself
      }
    }

    @Override
    public void onWritable() {
      // sixteen bytes always fit
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      end(sent ? "successfully sent cancel request" : "cannot connect");
    }

    @Override
    public Worker worker() {
      return request.worker();
    }

    @Override
    protected void moveTo(Worker target, Runnable arrived) {
      throw new IllegalStateException("a cancel request stays where it is");
    }

    @Override
    protected void retire(String reason) {
      worker().execute(() -> end(reason));
    }

    @Override
    protected void check() {
      throw new IllegalStateException("a cancel request is not pooled");
    }
  }
}
