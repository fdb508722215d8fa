package dev.weir.pg;

import io.netty.util.LeakPresenceDetector.ResourceScope;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves a Netty buffer unreleased. Registered for every class through
 * META-INF/services and junit-platform.properties. Unpooled heap buffers are not seen: allocate with
 * {@code ByteBufAllocator.DEFAULT}. Event loops may still be releasing when the last test ends, so a
 * class gets a few seconds of grace.
 */
public final class LeakExtension implements BeforeAllCallback, AfterAllCallback {
  private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace
      .create(LeakExtension.class);
  private static final long GRACE_MILLIS = 3_000;

  static { // before Netty's classes are initialised, which is when they read these
    System.setProperty("io.netty.customResourceLeakDetector", ScopedLeakDetector.class.getName());
    System.setProperty("io.netty.util.LeakPresenceDetector.trackCreationStack", "true");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (isTopLevel(context)) {
      ResourceScope scope = ScopedLeakDetector.open(context.getDisplayName());
      context.getStore(NAMESPACE).put("scope", scope);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    if (isTopLevel(context)) {
      check(context.getStore(NAMESPACE).getOrDefault("scope", ResourceScope.class,
          new ResourceScope("no scope")), GRACE_MILLIS);
    }
  }

  /** Throws unless every buffer of {@code scope} is released within {@code graceMillis}. */
  static void check(ResourceScope scope, long graceMillis) throws InterruptedException {
    long deadline = System.nanoTime() + graceMillis * 1_000_000;
    while (scope.hasOpenResources() && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    ScopedLeakDetector.open("between test classes");
    if (scope.hasOpenResources()) {
      scope.close(); // throws, with the stacks of the allocations
    }
  }

  /** Nested classes count for the class around them. */
  private static boolean isTopLevel(ExtensionContext context) {
    return context.getRequiredTestClass().getEnclosingClass() == null;
  }
}
