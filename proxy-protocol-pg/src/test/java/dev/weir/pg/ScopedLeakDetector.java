package dev.weir.pg;

import io.netty.util.LeakPresenceDetector;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Counts open buffers at once, without waiting for a garbage collection, and separately for each test
 * class. Netty makes the instances, by the name in a system property, so what they share is static.
 */
public final class ScopedLeakDetector<T> extends LeakPresenceDetector<T> {
  private static final AtomicReference<ResourceScope> CURRENT = new AtomicReference<>(
      new ResourceScope("before the first test class"));

  public ScopedLeakDetector(Class<?> resourceType, int samplingInterval) {
    super(resourceType);
  }

  public ScopedLeakDetector(Class<?> resourceType, int samplingInterval, long maxActive) {
    super(resourceType);
  }

  /** From here on buffers count for {@code name}; those open before still count where they came from. */
  static ResourceScope open(String name) {
    ResourceScope scope = new ResourceScope(name);
    CURRENT.set(scope);
    return scope;
  }

  @Override
  protected ResourceScope currentScope() {
    return CURRENT.get();
  }
}
