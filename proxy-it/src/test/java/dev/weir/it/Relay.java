package dev.weir.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * The network between the proxy and a server, which can be made to swallow everything as a firewall would: {@link #drop}
 * and {@link #pass}. Thread-safe.
 */
final class Relay implements AutoCloseable {
  private static final int SMALL = 8192;
  /** More connections than the listener holds. */
  private static final int FILLING = 20;

  private static final int WAITS = 15;

  private final InetSocketAddress target;
  private final ServerSocket listener;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> filling = new ArrayList<>();
  private final Object gate = new Object();
  private boolean dropping;
  /** The accepting thread takes no more. */
  private boolean parked;

  Relay(PostgresServer to) throws IOException {
    target = new InetSocketAddress(to.host(), to.port());
    listener = new ServerSocket();
    listener.setReceiveBufferSize(SMALL); // so that what is not read is soon not accepted either
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    Thread.ofVirtual().name("relay").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** From now on nothing gets through: neither bytes nor new connections. */
  void drop() throws IOException {
    synchronized (gate) {
      dropping = true;
    }
    fill(); // taken by the accepting thread, which then waits
    awaitParked();
    boolean taken = true;
    for (int i = 0; taken && i < FILLING; i++) { // until the listener is full: then the kernel drops what comes
      taken = isTaken(fill());
    }
    if (taken) {
      throw new IOException("the listener is never full");
    }
  }

  private SocketChannel fill() throws IOException {
    SocketChannel channel = SocketChannel.open();
    filling.add(channel);
    channel.configureBlocking(false);
    channel.connect(listener.getLocalSocketAddress());
    return channel;
  }

  private void awaitParked() throws IOException {
    synchronized (gate) {
      try {
        for (int i = 0; !parked && i < WAITS; i++) {
          gate.wait(1000);
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (!parked) {
        throw new IOException("the listener takes nothing");
      }
    }
  }

  private static boolean isTaken(SocketChannel channel) throws IOException {
    for (int i = 0; i < 20; i++) {
      if (channel.finishConnect()) {
        return true;
      }
      LockSupport.parkNanos(10_000_000);
    }
    return false;
  }

  /** What was held up goes through, and what comes. */
  void pass() throws IOException {
    for (SocketChannel channel : filling) {
      channel.close();
    }
    filling.clear();
    synchronized (gate) {
      dropping = false;
      parked = false;
      gate.notifyAll();
    }
  }

  private void awaitGate() throws IOException {
    synchronized (gate) {
      try {
        while (dropping) {
          gate.wait();
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private void park() throws IOException {
    synchronized (gate) {
      parked = dropping;
      gate.notifyAll();
    }
    awaitGate();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        open.add(client);
        park();
        Thread.ofVirtual().start(() -> carry(client));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void carry(Socket client) {
    try {
      awaitGate();
      Socket server = new Socket(target.getAddress(), target.getPort());
      open.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread.ofVirtual().start(() -> pump(client, server));
      pump(server, client);
    } catch (IOException _) {
      close(client);
    }
  }

  private void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[SMALL];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        awaitGate();
        out.write(buffer, 0, n);
      }
    } catch (IOException _) {
      // the other direction ends too
    }
    close(from);
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // gone is gone
    }
  }

  @Override
  public void close() throws IOException {
    pass();
    listener.close();
    open.forEach(Relay::close);
  }
}
