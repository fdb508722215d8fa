package dev.weir.app;

import dev.weir.core.config.Config;
import java.io.IOException;

/** Starts proxies: the data path's one door for the process around it. */
@FunctionalInterface
public interface ProxyFactory {
  /**
   * Opens the listeners and, with {@link Options#reboot}, takes over from a running process first.
   *
   * @throws IOException with the text for the operator; then nothing is left open
   */
  Proxy start(Config config, Options options, ProxyEvents events)
      throws IOException, InterruptedException;
}
