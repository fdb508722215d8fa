package dev.weir.pg;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.LeakPresenceDetector.ResourceScope;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LeakExtensionTest {
  @Test
  void findsABufferThatIsStillOpen() {
    ResourceScope scope = ScopedLeakDetector.open("leaking");
    ByteBufAllocator.DEFAULT.buffer(16); // never released: a scope that failed is closed for good
    assertThatThrownBy(() -> LeakExtension.check(scope, 0)).hasMessageContaining("leaking");
  }

  @Test
  void isContentWhenEverythingIsReleased() {
    ResourceScope scope = ScopedLeakDetector.open("tidy");
    ByteBufAllocator.DEFAULT.heapBuffer(16).release();
    ByteBufAllocator.DEFAULT.directBuffer(16).release();
    assertThatCode(() -> LeakExtension.check(scope, 0)).doesNotThrowAnyException();
  }
}
