package dev.weir.app.host;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The few calls of the C library that the JDK does not offer. Made when first needed: linking costs some 50 ms. */
final class LibC {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  // Linux's numbers on x86-64 and AArch64 alike.
  private static final int GET_FLAGS = 3;
  private static final int SET_FLAGS = 4;
  private static final int NON_BLOCKING = 0x800;

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup symbols = linker.defaultLookup();

  /** Wraps what an exact method handle throws besides our own. */
  private interface Call {
    int run() throws Throwable;
  }

  /** Makes a pipe; returns its reading and writing end. */
  int[] pipe() throws IOException {
    MethodHandle pipe = function("pipe", FunctionDescriptor.of(INT, POINTER));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(INT, 2);
      require("pipe", () -> (int) pipe.invokeExact(ends));
      return new int[]{ends.getAtIndex(INT, 0), ends.getAtIndex(INT, 1)};
    }
  }

  /** Makes {@code to} mean what {@code from} means, closing what it was. */
  void dup2(int from, int to) throws IOException {
    MethodHandle dup2 = function("dup2", FunctionDescriptor.of(INT, INT, INT));
    require("dup2", () -> (int) dup2.invokeExact(from, to));
  }

  /**
   * Makes reads, writes and accepts on a descriptor return instead of waiting. {@code fcntl} takes its third argument
   * variadically, which some platforms pass in another way.
   */
  @SuppressWarnings("restricted") // as in function()
  void nonBlocking(int fd) throws IOException {
    MethodHandle fcntl = linker.downcallHandle(symbols.findOrThrow("fcntl"),
        FunctionDescriptor.of(INT, INT, INT, INT), Linker.Option.firstVariadicArg(2));
    int flags = require("fcntl", () -> (int) fcntl.invokeExact(fd, GET_FLAGS, 0));
    require("fcntl", () -> (int) fcntl.invokeExact(fd, SET_FLAGS, flags | NON_BLOCKING));
  }

  void close(int fd) throws IOException {
    MethodHandle close = function("close", FunctionDescriptor.of(INT, INT));
    require("close", () -> (int) close.invokeExact(fd));
  }

  /** Blocks until a byte came or the other end was closed; returns the count of bytes. */
  int readByte(int fd) throws IOException {
    MethodHandle read = function("read", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(1);
      return require("read", () -> (int) (long) read.invokeExact(fd, buffer, 1L));
    }
  }

  /** Lets the C library's own {@code close} handle a signal: it gets the signal's number as the descriptor to close. */
  void handleByClosingDescriptorOfSameNumber(int signal) throws IOException {
    MethodHandle signalCall = function("signal", FunctionDescriptor.of(POINTER, INT, POINTER));
    MemorySegment close = symbols.findOrThrow("close");
    require("signal",
        () -> ((MemorySegment) signalCall.invokeExact(signal, close)).address() == -1L ? -1 : 0);
  }

  /** Lets a signal do again what the system does with it when nobody cares. */
  void handleByDefault(int signal) throws IOException {
    MethodHandle signalCall = function("signal", FunctionDescriptor.of(POINTER, INT, POINTER));
    require("signal",
        () -> ((MemorySegment) signalCall.invokeExact(signal, MemorySegment.NULL)).address() == -1L
            ? -1
            : 0);
  }

  /** Gives up all groups but one. */
  void setGroups(int gid) throws IOException {
    MethodHandle setgroups = function("setgroups", FunctionDescriptor.of(INT, LONG, POINTER));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment groups = arena.allocateFrom(INT, gid);
      require("setgroups", () -> (int) setgroups.invokeExact(1L, groups));
    }
  }

  void setGid(int gid) throws IOException {
    MethodHandle setgid = function("setgid", FunctionDescriptor.of(INT, INT));
    require("setgid", () -> (int) setgid.invokeExact(gid));
  }

  /** A call that is linked and waits to be made. */
  interface Prepared {
    void call() throws IOException;
  }

  /** For all threads: POSIX has it so, and both glibc and musl see to it. Linked now, so that the call takes no time. */
  Prepared setUid(int uid) {
    MethodHandle setuid = function("setuid", FunctionDescriptor.of(INT, INT));
    return () -> require("setuid", () -> (int) setuid.invokeExact(uid));
  }

  @SuppressWarnings("restricted") // the launcher grants native access; the signatures are POSIX's
  private MethodHandle function(String name, FunctionDescriptor descriptor) {
    return linker.downcallHandle(symbols.findOrThrow(name), descriptor);
  }

  private static int require(String name, Call call) throws IOException {
    int result;
    try {
      result = call.run();
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
    if (result < 0) {
      throw new IOException(name + " failed");
    }
    return result;
  }
}
