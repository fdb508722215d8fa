package dev.weir.core.pg;

import dev.weir.core.config.PeerEntry;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Sockets;
import dev.weir.pg.message.CancelRequest;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes cancel requests on to the process of the peer group that owns the client. Thread-safe; one lock for each peer's
 * queue.
 */
final class Peers {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

  private final PgRuntime runtime;
  private final Map<Integer, Peer> byId = new ConcurrentHashMap<>();

  private record Request(PgSession requester, CancelKey key, long since) {}

  /** Requests on their way to one peer. */
  static final class Peer {
    private final Deque<Request> waiting = new ArrayDeque<>();
    private int connecting;
    private int active;

    synchronized int waitingCount() {
      return waiting.size();
    }

    synchronized int connectingCount() {
      return connecting;
    }

    synchronized int activeCount() {
      return active;
    }
  }

  Peers(PgRuntime runtime) {
    this.runtime = runtime;
  }

  Peer peer(int id) {
    return byId.computeIfAbsent(id, _ -> new Peer());
  }

  /** On the requester's worker. */
  void forward(PgSession requester, CancelKey key) {
    PeerEntry entry = runtime.config().peers().get(key.peerId());
    if (entry == null || key.timeToLive() == 0) {
      LOG.warn("{}failed cancel request", requester);
      requester.close(null, "failed cancel request");
      return;
    }
    Peer peer = peer(entry.id());
    synchronized (peer) {
      peer.waiting.add(new Request(requester, key.onward(), System.nanoTime()));
    }
    launch(entry, peer);
  }

  /** Passes a request, as it came, to a process that drains; when nobody listens there any more it has failed. */
  void forwardTo(String unixSocket, PgSession requester, CancelKey key) {
    PeerEntry entry = new PeerEntry(0, unixSocket, 0, null);
    Peer peer = new Peer();
    synchronized (peer) {
      peer.connecting++;
    }
    connect(entry, peer, new Request(requester, key, System.nanoTime()),
        Sockets.unixAddress(unixSocket));
  }

  private void launch(PeerEntry entry, Peer peer) {
    while (true) {
      Request next;
      synchronized (peer) {
        int size = runtime.config().peerPoolSize(entry);
        if (peer.waiting.isEmpty() || (size > 0 && peer.connecting + peer.active >= size)) {
          return;
        }
        next = peer.waiting.poll();
        peer.connecting++;
      }
      Request request = next;
      request.requester().worker().run(() -> open(entry, peer, request));
    }
  }

  private void open(PeerEntry entry, Peer peer, Request request) {
    if (entry.host().startsWith("/") || entry.host().startsWith("@")) {
      connect(entry, peer, request,
          Sockets.unixAddress(entry.host() + "/.s.PGSQL." + entry.port()));
      return;
    }
    runtime.resolver().next(entry.host())
        .whenComplete((address, failure) -> request.requester().worker().execute(() -> {
          if (address == null) {
            new Carrier(entry, peer, request).over("server DNS lookup failed");
          } else {
            connect(entry, peer, request, new InetSocketAddress(address, entry.port()));
          }
        }));
  }

  private void connect(PeerEntry entry, Peer peer, Request request, SocketAddress to) {
    Carrier carrier = new Carrier(entry, peer, request);
    int millis = (int) Math.min(Integer.MAX_VALUE,
        runtime.hot().serverConnectTimeoutNanos() / 1_000_000);
    runtime.sockets().connect(request.requester().worker(), to, millis, carrier::connected);
  }

  /** Drops requests that waited too long; every 333 ms. */
  void keepHouse(long now) {
    long limit = runtime.timeouts().cancelWaitNanos();
    byId.forEach((id, peer) -> {
      synchronized (peer) {
        while (limit > 0 && !peer.waiting.isEmpty() && now - peer.waiting.peek().since() > limit) {
          PgSession requester = peer.waiting.poll().requester();
          requester.worker().execute(() -> requester.close(null, "cancel_wait_timeout"));
        }
      }
      PeerEntry entry = runtime.config().peers().get(id);
      if (entry != null) {
        launch(entry, peer);
      }
    });
  }

  /** The connection that carries one request. Confined to the requester's worker. */
  private final class Carrier implements LinkHandler {
    private final PeerEntry entry;
    private final Peer peer;
    private final Request request;
    private @Nullable Link link;
    private boolean over;

    Carrier(PeerEntry entry, Peer peer, Request request) {
      this.entry = entry;
      this.peer = peer;
      this.request = request;
    }

    void connected(@Nullable Link opened, @Nullable Throwable failure) {
      if (opened == null) {
        LOG.warn("{}peer {}: {}", request.requester(), entry.id(),
            failure == null ? "?" : failure.getMessage());
        over("connect failed");
        return;
      }
      link = opened;
      opened.handler(this);
      synchronized (peer) {
        peer.connecting--;
        peer.active++;
      }
      ByteBuf out = opened.buffer(64);
      new CancelRequest(request.key().processId(), request.key().secret()).encode(out);
      opened.write(out);
      opened.resumeReads();
      long limit = runtime.timeouts().cancelWaitNanos();
      if (limit > 0) {
        opened.worker().after(Math.max(1, limit / 1_000_000), () -> over("cancel_wait_timeout"));
      }
    }

    private void over(String reason) {
      if (over) {
        return;
      }
      over = true;
      synchronized (peer) {
        if (link == null) {
          peer.connecting--;
        } else {
          peer.active--;
        }
      }
      if (link != null) {
        link.abort();
      }
      request.requester().close(null, reason);
      launch(entry, peer);
    }

    @Override
    public void onBytes(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void onWritable() {
      // a few bytes always fit
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      over("successfully sent cancel request");
    }
  }
}
