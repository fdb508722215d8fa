package dev.weir.core.config;

/** The system interface sockets are driven with. */
public enum TransportChoice implements Spelled {
  /** epoll where there is one, else NIO. */
  AUTO("auto"), EPOLL("epoll"),
  /** epoll through a channel of Netty's for every connection, not only for encrypted ones. */
  EPOLL_CHANNELS("epoll-channels"), NIO("nio");

  private final String spelling;

  TransportChoice(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
