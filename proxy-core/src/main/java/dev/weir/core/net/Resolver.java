package dev.weir.core.net;

import java.net.InetAddress;
import java.util.concurrent.CompletionStage;

/** Finds addresses of hosts without blocking. Thread-safe. */
@FunctionalInterface
public interface Resolver {
  /** The address to use next for a name or literal address; fails when there is none. */
  CompletionStage<InetAddress> next(String host);
}
