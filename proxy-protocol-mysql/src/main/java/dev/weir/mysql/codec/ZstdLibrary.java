package dev.weir.mysql.codec;

import com.github.luben.zstd.util.Native;
import org.jspecify.annotations.Nullable;

/**
 * Whether zstd can be used: the library is native code that is unpacked into {@code java.io.tmpdir} and loaded from there,
 * which fails on a platform it was not built for, and where nothing may be executed from that folder. Any thread.
 */
public final class ZstdLibrary {
  /** Level of a client or server that names none. */
  public static final int DEFAULT_LEVEL = 3;
  /** As high as we go, whatever is asked for: the levels above take a thread ten times as long for some percent. */
  static final int MAX_LEVEL = 9;

  private static final class Loaded {
    static final @Nullable String FAILURE = load();

    private static @Nullable String load() {
      try {
        Native.load();
        return null;
      } catch (LinkageError | RuntimeException e) {
        return String.valueOf(e.getMessage());
      }
    }
  }

  private ZstdLibrary() {}

  /** The first call loads it, which takes a while. */
  public static boolean isLoaded() {
    return Loaded.FAILURE == null;
  }

  /** Why it could not be loaded; empty when it was. */
  public static String failure() {
    String why = Loaded.FAILURE;
    return why == null ? "" : why;
  }

  /** The level to pack with for a peer that asks for {@code level}; it cannot tell the difference. */
  public static int level(int level) {
    return level < 1 || level > 22 ? DEFAULT_LEVEL : Math.min(level, MAX_LEVEL);
  }
}
