package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a load balancer puts in front of a connection's first byte to tell who really connected: PROXY
 * protocol, version 1 (a line) and 2 (binary). A pure parser; whom to believe is for its caller to know.
 *
 * @param source      the client's address; null when there is none to tell: the balancer's own check
 *                    (LOCAL), an unknown or another kind of connection. Then the socket's own counts
 * @param destination the address that the client connected to; null with {@code source}
 */
public record ProxyHeader(@Nullable InetSocketAddress source,
    @Nullable InetSocketAddress destination) {
  /** Longest header that is read: version 2 could go on for 64 KiB, of which nobody has use. */
  public static final int MAX_LENGTH = 4096;

  /** The header is not one; the connection is of no use. Carries no stack trace. */
  public static final class MalformedProxyHeaderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedProxyHeaderException(String message) {
      super(message, null, false, false);
    }
  }

  /** Nothing to tell. */
  private static final ProxyHeader NOBODY = new ProxyHeader(null, null);
  private static final byte[] LINE = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  /** Section 2.1: the longest line, with its end. */
  private static final int MAX_LINE = 107;
  private static final byte[] BINARY = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T',
    '\n'};
  private static final int HEAD = BINARY.length + 4;
  private static final int LOCAL = 0x20;
  private static final int PROXIED = 0x21;
  private static final int TCP4 = 0x11;
  private static final int TCP6 = 0x21;
  private static final int IPV4 = 4;
  private static final int IPV6 = 16;
  private static final int PORTS = 4;
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,4}");
  private static final Pattern DOTTED = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern COLONS = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  /**
   * Reads the header at {@code in}'s reader index and moves that behind it. Null, with nothing moved,
   * when more bytes are needed.
   *
   * @throws MalformedProxyHeaderException when what is there cannot become a header, at the first byte
   *           that is wrong
   */
  public static @Nullable ProxyHeader read(ByteBuf in) {
    if (!in.isReadable()) {
      return null;
    }
    byte first = in.getByte(in.readerIndex());
    if (first == LINE[0]) {
      return beginsWith(in, LINE) ? readLine(in) : null;
    }
    return beginsWith(in, BINARY) ? readBinary(in) : null;
  }

  /** False when not all of it has arrived. */
  private static boolean beginsWith(ByteBuf in, byte[] mark) {
    int there = Math.min(mark.length, in.readableBytes());
    for (int i = 0; i < there; i++) {
      if (in.getByte(in.readerIndex() + i) != mark[i]) {
        throw new MalformedProxyHeaderException("connection begins without a PROXY header");
      }
    }
    return there == mark.length;
  }

  // ---- version 1

  private static @Nullable ProxyHeader readLine(ByteBuf in) {
    int at = in.readerIndex();
    int there = Math.min(MAX_LINE, in.readableBytes());
    int end = in.indexOf(at, at + there, (byte) '\n');
    if (end < 0) {
      if (there == MAX_LINE) {
        throw new MalformedProxyHeaderException("PROXY line of more than 107 bytes");
      }
      return null;
    }
    if (in.getByte(end - 1) != '\r') {
      throw new MalformedProxyHeaderException("PROXY line without its end");
    }
    String line = in.toString(at, end - 1 - at, StandardCharsets.ISO_8859_1);
    ProxyHeader header = parse(line.split(" ", -1));
    in.readerIndex(end + 1);
    return header;
  }

  private static ProxyHeader parse(String[] words) {
    if (words[1].equals("UNKNOWN")) {
      return NOBODY;
    }
    boolean isV6 = words[1].equals("TCP6");
    if ((!isV6 && !words[1].equals("TCP4")) || words.length != 6) {
      throw new MalformedProxyHeaderException("PROXY line is none of TCP4, TCP6, UNKNOWN");
    }
    return new ProxyHeader(address(words[2], words[4], isV6), address(words[3], words[5], isV6));
  }

  private static InetSocketAddress address(String host, String port, boolean isV6) {
    int number = NUMBER.matcher(port).matches() ? Integer.parseInt(port) : -1;
    if (number < 0 || number > 0xffff) {
      throw new MalformedProxyHeaderException("PROXY line has a port that is none");
    }
    if (!(isV6 ? COLONS : DOTTED).matcher(host).matches()) { // never a name to look up
      throw new MalformedProxyHeaderException("PROXY line has an address that is none");
    }
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(host), number);
    } catch (IllegalArgumentException e) {
      throw new MalformedProxyHeaderException("PROXY line has an address that is none");
    }
  }

  // ---- version 2

  private static @Nullable ProxyHeader readBinary(ByteBuf in) {
    if (in.readableBytes() < HEAD) {
      return null;
    }
    int at = in.readerIndex() + BINARY.length;
    int command = in.getUnsignedByte(at);
    int family = in.getUnsignedByte(at + 1);
    int length = in.getUnsignedShort(at + 2);
    if (command != LOCAL && command != PROXIED) {
      throw new MalformedProxyHeaderException("PROXY header of an unknown version or command");
    }
    if (length > MAX_LENGTH - HEAD) {
      throw new MalformedProxyHeaderException("PROXY header of " + length + " bytes");
    }
    if (in.readableBytes() - HEAD < length) {
      return null;
    }
    ProxyHeader header = command == PROXIED ? addresses(in, at + 4, family, length) : NOBODY;
    in.skipBytes(HEAD + length);
    return header;
  }

  private static ProxyHeader addresses(ByteBuf in, int at, int family, int length) {
    if (family != TCP4 && family != TCP6) {
      return NOBODY; // UNSPEC, datagrams, Unix sockets: section 2.2 says to take the socket's own
    }
    int size = family == TCP4 ? IPV4 : IPV6;
    if (length < 2 * size + PORTS) {
      throw new MalformedProxyHeaderException("PROXY header is too short for its addresses");
    }
    int ports = at + 2 * size;
    return new ProxyHeader(
        new InetSocketAddress(address(in, at, size), in.getUnsignedShort(ports)),
        new InetSocketAddress(address(in, at + size, size), in.getUnsignedShort(ports + 2)));
  }

  private static InetAddress address(ByteBuf in, int at, int size) {
    byte[] bytes = new byte[size];
    in.getBytes(at, bytes);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("addresses have 4 or 16 bytes", e);
    }
  }
}
