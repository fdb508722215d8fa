package dev.weir.core.net;

import dev.weir.core.net.Link.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;

/** A listening socket. Thread-safe. */
public final class Listener {
  private final Channel channel;
  private final Endpoint address;
  private final boolean unix;

  Listener(Channel channel, Endpoint address, boolean unix) {
    this.channel = channel;
    this.address = address;
    this.unix = unix;
  }

  public Endpoint address() {
    return address;
  }

  public boolean unix() {
    return unix;
  }

  public int fd() {
    return channel instanceof UnixChannel c ? c.fd().intValue() : -1;
  }

  /** Stops or resumes accepting; the kernel's queue keeps what comes meanwhile. */
  public void accepting(boolean accept) {
    channel.config().setAutoRead(accept);
  }

  /** Stops listening; returns when the port is free. */
  public void close() {
    channel.close().awaitUninterruptibly();
  }
}
