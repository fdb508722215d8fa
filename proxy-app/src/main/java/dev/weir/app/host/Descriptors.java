package dev.weir.app.host;

import java.io.IOException;

/** Descriptors that this process was started with. */
public final class Descriptors {
  private Descriptors() {}

  /** An event loop must not wait in accept: service managers hand over blocking sockets. */
  public static void makeNonBlocking(int descriptor) throws IOException {
    new LibC().nonBlocking(descriptor);
  }
}
