package dev.weir.core.mysql;

import dev.weir.core.net.Bytes;
import dev.weir.core.net.Link;
import dev.weir.core.net.ProxyHeader;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a client that may come through a load balancer: with a header of the PROXY protocol, version 1 or 2,
 * the client's address is the one in it; without one it is the socket's. The two cannot be confused: read as a MySQL
 * packet, either kind of header would be numbered otherwise than a client's first packet is. Confined to the link's
 * worker.
 */
final class ProxyGate {
  private static final byte[] LINE = {'P', 'R', 'O', 'X'};
  private static final byte[] BINARY = {'\r', '\n', '\r', '\n'};

  private final Link link;
  private @Nullable ByteBuf held;

  ProxyGate(Link link) {
    this.link = link;
  }

  /**
   * Takes ownership. What came behind the header, or all when there is none, possibly empty; null while it cannot be told.
   *
   * @throws ProxyHeader.MalformedProxyHeaderException when a header begins and is none
   */
  @Nullable
  ByteBuf pass(ByteBuf bytes) {
    ByteBuf all = held == null ? bytes : Bytes.join(held, bytes);
    held = all;
    boolean line = begins(all, LINE);
    if (!line && !begins(all, BINARY)) {
      held = null;
      return all;
    }
    if (all.readableBytes() < LINE.length) {
      return null;
    }
    ProxyHeader header = ProxyHeader.read(all);
    if (header == null) {
      return null;
    }
    InetSocketAddress source = header.source();
    if (source != null) {
      link.remote(new Link.Endpoint(Link.Endpoint.hostOf(source.getAddress()), source.getPort()));
    }
    held = null;
    return all;
  }

  /** Whether what is there of {@code mark} is there. */
  private static boolean begins(ByteBuf in, byte[] mark) {
    int there = Math.min(mark.length, in.readableBytes());
    for (int i = 0; i < there; i++) {
      if (in.getByte(in.readerIndex() + i) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  /** Drops what is held. */
  void release() {
    if (held != null) {
      held.release();
      held = null;
    }
  }
}
