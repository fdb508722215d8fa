package dev.weir.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A repeated task that survives a failure of one round: an executor would silently stop it. */
final class Guarded {
  private static final Logger LOG = LoggerFactory.getLogger(Guarded.class);

  private Guarded() {}

  static Runnable of(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("housekeeping failed; it goes on with the next round", e);
      }
    };
  }
}
