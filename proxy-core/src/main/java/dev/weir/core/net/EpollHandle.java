package dev.weir.core.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket in a worker's epoll set, level-triggered: what is there and not read is reported again. Asks the kernel for a
 * change of interest only when it is one. Confined to the worker in whose set it is.
 */
final class EpollHandle implements EpollIoHandle {
  static final int IN = 0x1;
  static final int OUT = 0x4;
  static final int ERR = 0x8;
  static final int HUP = 0x10;
  /** The other side sends nothing more. */
  static final int RDHUP = 0x2000;

  private static final Logger LOG = LoggerFactory.getLogger(EpollHandle.class);

  /** Who hears of what the kernel reports. */
  interface Owner {
    /** May be about an earlier socket of the same number: only a system call knows. */
    void ready(int events) throws IOException;

    /** The worker ends, or {@link #ready} has failed. */
    void failed(@Nullable Throwable why);
  }

  private final Socket socket;
  private Owner owner;
  private @Nullable IoRegistration registration;
  private int interest;

  EpollHandle(Socket socket, Owner owner) {
    this.socket = socket;
    this.owner = owner;
  }

  Socket socket() {
    return socket;
  }

  void owner(Owner other) {
    this.owner = other;
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  boolean watched() {
    return registration != null;
  }

  /** Enters the worker's set, with the interest last asked for. On the worker. */
  void register(Worker worker) throws IOException {
    Future<IoRegistration> entered = ((IoEventLoop) worker.loop()).register(this);
    if (!entered.isSuccess()) { // on the loop itself it is done at once
      throw new IOException("cannot watch a socket", entered.cause());
    }
    registration = entered.getNow();
    submit();
  }

  /** Leaves the set; no event is reported from here on. */
  void unregister() {
    IoRegistration present = registration;
    registration = null;
    if (present != null) {
      present.cancel();
    }
  }

  boolean wants(int event) {
    return (interest & event) != 0;
  }

  void want(int events) {
    set(interest | events);
  }

  void drop(int events) {
    set(interest & ~events);
  }

  private void set(int events) {
    if (events != interest) {
      interest = events;
      submit();
    }
  }

  private void submit() {
    if (registration != null) {
      // Errors come asked for or not. An interest of nothing would take the socket out of the set.
      registration.submit(EpollIoOps.valueOf(interest | ERR));
    }
  }

  @Override
  public void handle(IoRegistration of, IoEvent event) {
    if (registration == null) {
      return;
    }
    try {
      owner.ready(((EpollIoEvent) event).ops().value());
    } catch (Throwable e) { // the loop would stop for a second
      failed(e);
    }
  }

  /** The worker ends. */
  @Override
  public void close() {
    failed(null);
  }

  private void failed(@Nullable Throwable why) {
    try {
      owner.failed(why);
    } catch (Throwable e) {
      LOG.warn("closing a socket failed", e);
    }
  }

  /** Harmless when it is closed. */
  void closeSocket() {
    unregister();
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("close: {}", e.getMessage());
    }
  }
}
