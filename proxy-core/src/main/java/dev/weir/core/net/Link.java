package dev.weir.core.net;

import dev.weir.core.net.tls.TlsHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One end of a byte stream: what sessions and server connections see of a socket. Confined to {@link #worker()}'s
 * thread, except where a method says otherwise.
 */
public interface Link {
  /** The worker this link lives on; changes only by {@link #moveTo}. Any thread. */
  Worker worker();

  /** Who hears of bytes and of the end; replaces the handler before it. */
  void handler(LinkHandler handler);

  /**
   * Takes ownership of {@code bytes}. They leave when the worker ends its turn, or at {@link #flush()}. Bytes written to
   * a closed link are dropped.
   */
  void write(ByteBuf bytes);

  void flush();

  /** False when so much waits to be sent that the source should stop; {@link LinkHandler#onWritable} tells the end. */
  boolean writable();

  /** Bytes accepted by {@link #write} and not yet taken by the socket. */
  int unsentBytes();

  void pauseReads();

  void resumeReads();

  /** Sends what was written, then closes. {@link LinkHandler#onClosed} is not called for a close of our own. */
  void close();

  /** Closes at once, dropping what waits to be sent. */
  void abort();

  boolean open();

  /** A buffer to encode into; usually handed to {@link #write} afterwards. */
  ByteBuf buffer(int capacity);

  /**
   * From here on the stream is TLS. Outcome goes to the callback on the worker: null or the cause; until then nothing may
   * be written.
   *
   * @param early bytes already read that belong to the handshake (direct TLS); ownership is taken
   */
  void startTls(TlsHandshake handshake, @Nullable ByteBuf early,
      Consumer<@Nullable Throwable> done);

  /**
   * From here on what is read and written passes through {@code stage}, above TLS; once in a link's life. What was written
   * before goes out as it is.
   *
   * @param early bytes already read that belong behind the stage; ownership is taken, and the handler gets what they become
   *     after this turn
   */
  void pass(StreamStage stage, @Nullable ByteBuf early);

  /** The TLS session, or null in plain text. */
  @Nullable
  SSLSession tlsSession();

  /** The protocol agreed on in the TLS handshake (ALPN), or null. */
  @Nullable
  String tlsApplicationProtocol();

  /**
   * Moves the link to another worker. Nothing may be written from the call on until {@code moved} runs there; bytes that
   * arrive meanwhile are kept by the kernel.
   */
  void moveTo(Worker target, Runnable moved);

  Endpoint remote();

  /** From now on {@link #remote} answers this: somebody whom we trust has told who is behind the connection. */
  void remote(Endpoint claimed);

  Endpoint local();

  /** Operating system's credentials of the other side of a Unix socket, null elsewhere. */
  @Nullable
  Credentials peerCredentials();

  /** File descriptor, or -1 when the transport has none. */
  int fd();

  /** One side's address. {@code host} is {@code unix} for Unix sockets. */
  record Endpoint(String host, int port) {
    public static final Endpoint UNKNOWN = new Endpoint("unknown", 0);

    /** An address as tables and log lines write it: IPv6 shortened (RFC 5952), without a zone. */
    public static String hostOf(InetAddress address) {
      return NetUtil.toAddressString(address);
    }

    public boolean unix() {
      return host.equals("unix");
    }

    /** As log lines write it: IPv6 in brackets. */
    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /** Credentials of a local peer. */
  record Credentials(int pid, int uid, int gid) {}
}
