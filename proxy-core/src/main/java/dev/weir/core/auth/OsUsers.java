package dev.weir.core.auth;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Names of the operating system's users, for authentication method peer. Asks the C library ({@code getpwuid_r}) each
 * time, and so whatever nsswitch.conf names: may block, not for event loops. Immutable, any thread.
 */
public final class OsUsers {
  private static final int ENTRY_BYTES = 128; // struct passwd is 48 bytes on Linux, 72 on macOS
  private static final int TEXT_BYTES = 16 * 1024;

  private final MethodHandle getpwuid;

  @SuppressWarnings("restricted") // the C library's own function, by its documented signature
  public OsUsers() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup library = linker.defaultLookup();
    getpwuid = linker.downcallHandle(library.findOrThrow("getpwuid_r"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
  }

  /** The name of user {@code uid}; empty when there is none. */
  @SuppressWarnings("restricted")
  public Optional<String> name(int uid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(ENTRY_BYTES, 8);
      MemorySegment text = arena.allocate(TEXT_BYTES);
      MemorySegment found = arena.allocate(ValueLayout.ADDRESS);
      int error = (int) getpwuid.invokeExact(uid, entry, text, text.byteSize(), found);
      if (error != 0 || found.get(ValueLayout.ADDRESS, 0).address() == 0) {
        return Optional.empty();
      }
      MemorySegment name = entry.get(ValueLayout.ADDRESS, 0).reinterpret(TEXT_BYTES); // pw_name comes first
      return Optional.of(name.getString(0, StandardCharsets.UTF_8));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
