package dev.weir.core.mysql;

import dev.weir.core.backend.ServerAddress;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from the daemon beside a server ({@code mysql_servers.gtid_port}, ProxySQL's binlog reader) which transactions
 * the server has executed. Lines of text: {@code ST=} all of them, {@code I1=source:n} one more, {@code I2=n} one more of
 * the same source, {@code I3} and {@code I4} likewise with a range. While it cannot be heard, nothing is known to be
 * executed. A thread of its own; {@link #executed} from any.
 */
final class GtidReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GtidReader.class);
  private static final int CONNECT_MILLIS = 5000;
  private static final int MAX_LINE = 16 << 20;
  private static final int MAX_EVENT = 256;

  private final ServerAddress server;
  private final int port;
  private final LongSupplier retryMillis;
  private final Thread thread;
  private volatile @Nullable Socket socket;
  private volatile @Nullable GtidSet executed;
  private final LongAdder events = new LongAdder();
  private volatile boolean closed;
  private String source = "";

  private GtidReader(ServerAddress server, int port, LongSupplier retryMillis) {
    this.server = server;
    this.port = port;
    this.retryMillis = retryMillis;
    this.thread = Thread.ofVirtual().name("gtid-" + server).unstarted(this::run);
  }

  /** @param retryMillis how long to wait before connecting again, asked each time */
  static GtidReader start(ServerAddress server, int port, LongSupplier retryMillis) {
    GtidReader reader = new GtidReader(server, port, retryMillis);
    reader.thread.start();
    return reader;
  }

  int port() {
    return port;
  }

  /** Null while it is not known. */
  @Nullable
  GtidSet executed() {
    return executed;
  }

  /** Lines that have told of transactions. */
  long events() {
    return events.sum();
  }

  private void run() {
    boolean said = false;
    while (!closed) {
      try {
        listen();
      } catch (IOException e) {
        if (!said && !closed) {
          LOG.warn("gtid_port {} of {}: {}; trying again", port, server, e.getMessage());
          said = true;
        }
      }
      said &= executed == null; // it had been heard: the next failure is news
      executed = null;
      try {
        Thread.sleep(closed ? 0 : Math.max(1, retryMillis.getAsLong()));
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private void listen() throws IOException {
    try (Socket to = new Socket()) {
      socket = to;
      if (closed) {
        return;
      }
      to.setKeepAlive(true);
      String host = server.host().startsWith("/") ? "localhost" : server.host();
      to.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
      InputStream in = new BufferedInputStream(to.getInputStream());
      while (true) {
        take(line(in));
      }
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("connection closed");
      }
      if (bytes.size() == MAX_LINE) {
        throw new IOException("a line of more than " + MAX_LINE + " bytes");
      }
      bytes.write(next);
    }
    String text = bytes.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  private void take(String line) throws IOException {
    if (line.startsWith("ST=")) {
      GtidSet all = new GtidSet();
      for (String each : line.substring(3).split(",", -1)) {
        if (!each.isBlank()) {
          start(all, each);
        }
      }
      executed = all;
    } else {
      GtidSet known = executed;
      if (known == null || line.length() > MAX_EVENT || line.length() < 4 || line.charAt(0) != 'I'
          || line.charAt(2) != '=') {
        throw malformed(line);
      }
      String rest = line.substring(3);
      switch (line.charAt(1)) {
        case '1', '3' -> {
          int colon = rest.indexOf(':');
          source = sourceOf(line, colon < 0 ? "" : rest.substring(0, colon));
          add(known, line, rest.substring(colon + 1));
        }
        case '2', '4' -> add(known, line, rest);
        default -> throw malformed(line);
      }
    }
    events.increment();
  }

  /** {@code source:1-5} or {@code source:1-5:7-9}. */
  private void start(GtidSet all, String text) throws IOException {
    String[] parts = text.split(":", -1);
    source = sourceOf(text, parts[0]);
    if (parts.length < 2) {
      throw malformed(text);
    }
    for (int i = 1; i < parts.length; i++) {
      add(all, text, parts[i]);
    }
  }

  private static String sourceOf(String line, String text) throws IOException {
    String source = Gtid.source(text);
    if (source == null) {
      throw malformed(line);
    }
    return source;
  }

  private void add(GtidSet to, String line, String range) throws IOException {
    int dash = range.indexOf('-');
    long first = Gtid.number((dash < 0 ? range : range.substring(0, dash)).strip());
    long last = dash < 0 ? first : Gtid.number(range.substring(dash + 1).strip());
    if (source.isEmpty() || first < 1 || last < first) {
      throw malformed(line);
    }
    if (!to.add(source, first, last)) {
      throw new IOException("more transactions apart from each other than can be");
    }
  }

  private static IOException malformed(String line) {
    return new IOException(
        "not understood: " + (line.length() > 80 ? line.substring(0, 80) + "…" : line));
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    Socket open = socket;
    if (open != null) {
      try {
        open.close();
      } catch (IOException _) {
        // as good
      }
    }
  }

  @Override
  public String toString() {
    return server + " gtid_port " + port;
  }
}
