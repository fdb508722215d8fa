package dev.weir.app;

import dev.weir.core.config.Config;

/** What a proxy tells the process around it. Called on the control thread. */
public interface ProxyEvents {
  /** A reload or a SET has taken effect; log destinations are opened anew. */
  void configLoaded(Config config);

  /** The periodic line of statistics, as it stands in the log. */
  void statsLine(String line);
}
