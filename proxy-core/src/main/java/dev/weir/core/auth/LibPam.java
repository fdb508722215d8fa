package dev.weir.core.auth;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Linux-PAM's library, by its C interface (security/pam_appl.h). One conversation at a time per call; modules are allowed
 * not to be thread-safe, so one thread should do all calls.
 */
@SuppressWarnings("restricted") // signatures are those of the header; a wrong one would crash the process
final class LibPam {
  static final int SUCCESS = 0;

  private static final int CONV_ERR = 19;
  private static final int RHOST = 4;
  private static final int SILENT = 0x8000;
  private static final int DISALLOW_NULL_AUTHTOK = 1;
  private static final int PROMPT_ECHO_OFF = 1;
  private static final int ERROR_MSG = 3;
  private static final int TEXT_INFO = 4;
  private static final int MAX_MESSAGES = 32;
  private static final long STRUCT_BYTES = 16; // pam_message and pam_response: an int and a pointer, either way round

  private static final FunctionDescriptor CONVERSATION = FunctionDescriptor.of(ValueLayout.JAVA_INT,
      ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS);

  private final Linker linker = Linker.nativeLinker();
  private final MethodHandle start;
  private final MethodHandle setItem;
  private final MethodHandle authenticate;
  private final MethodHandle accountManagement;
  private final MethodHandle end;
  private final MethodHandle describe;
  private final MethodHandle calloc;
  private final MethodHandle free;

  private LibPam(SymbolLookup library) {
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    var pointer = ValueLayout.ADDRESS;
    start = function(library, "pam_start_confdir",
        FunctionDescriptor.of(number, pointer, pointer, pointer, pointer, pointer));
    setItem = function(library, "pam_set_item",
        FunctionDescriptor.of(number, pointer, number, pointer));
    authenticate = function(library, "pam_authenticate",
        FunctionDescriptor.of(number, pointer, number));
    accountManagement = function(library, "pam_acct_mgmt",
        FunctionDescriptor.of(number, pointer, number));
    end = function(library, "pam_end", FunctionDescriptor.of(number, pointer, number));
    describe = function(library, "pam_strerror", FunctionDescriptor.of(pointer, pointer, number));
    calloc = function(linker.defaultLookup(), "calloc",
        FunctionDescriptor.of(pointer, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    free = function(linker.defaultLookup(), "free", FunctionDescriptor.ofVoid(pointer));
  }

  private MethodHandle function(SymbolLookup library, String name, FunctionDescriptor signature) {
    return linker.downcallHandle(library.findOrThrow(name), signature);
  }

  /**
   * Loads the library.
   *
   * @throws IllegalStateException when it is not installed, or older than Linux-PAM 1.4
   */
  static LibPam load(String library) {
    try {
      return new LibPam(SymbolLookup.libraryLookup(library, Arena.global()));
    } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
      throw new IllegalStateException("auth_type=pam needs " + library
          + " of Linux-PAM 1.4 or newer (package libpam0g or pam): " + e.getMessage(), e);
    }
  }

  /** What PAM said: its code, and its words for it. */
  record Verdict(int code, String text) {}

  /**
   * Runs authentication and account management.
   *
   * @param directory with the service files; null for the system's own
   */
  Verdict ask(String service, @Nullable String directory, String user, String password,
      String remoteHost) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment secret = arena.allocateFrom(password, StandardCharsets.UTF_8);
      MethodHandle answer = MethodHandles.insertArguments(
          MethodHandles.lookup().findVirtual(LibPam.class, "answer",
              MethodType.methodType(int.class, MemorySegment.class, int.class, MemorySegment.class,
                  MemorySegment.class,
                  MemorySegment.class)),
          0, this, secret);
      MemorySegment conversation = arena.allocate(STRUCT_BYTES, 8);
      conversation.set(ValueLayout.ADDRESS, 0, linker.upcallStub(answer, CONVERSATION, arena));
      MemorySegment handleOut = arena.allocate(ValueLayout.ADDRESS);
      MemorySegment folder = directory == null ? MemorySegment.NULL : arena.allocateFrom(directory);
      try {
        int code = (int) start.invokeExact(arena.allocateFrom(service), arena.allocateFrom(user),
            conversation, folder,
            handleOut);
        return code == SUCCESS
            ? judge(handleOut.get(ValueLayout.ADDRESS, 0), arena.allocateFrom(remoteHost))
            : new Verdict(code, "pam_start failed");
      } finally {
        secret.fill((byte) 0);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private Verdict judge(MemorySegment handle, MemorySegment remoteHost) throws Throwable {
    int code = (int) setItem.invokeExact(handle, RHOST, remoteHost);
    if (code == SUCCESS) {
      code = (int) authenticate.invokeExact(handle, SILENT | DISALLOW_NULL_AUTHTOK);
    }
    if (code == SUCCESS) {
      code = (int) accountManagement.invokeExact(handle, SILENT);
    }
    MemorySegment words = (MemorySegment) describe.invokeExact(handle, code);
    String text = words.address() == 0 ? "PAM error " + code : words.reinterpret(1024).getString(0);
    int ended = (int) end.invokeExact(handle, code);
    return new Verdict(code == SUCCESS ? ended : code, text);
  }

  /**
   * The conversation: gives the password to prompts that hide what is typed, takes note of texts, refuses all else. The
   * answers are PAM's to free, so they come from calloc. Nothing may be thrown through C.
   */
  @SuppressWarnings("UnusedMethod") // called by libpam
  private int answer(MemorySegment secret, int count, MemorySegment messages,
      MemorySegment answersOut,
      MemorySegment unused) {
    try {
      if (count <= 0 || count > MAX_MESSAGES) {
        return CONV_ERR;
      }
      MemorySegment answers = allocated(count, STRUCT_BYTES);
      MemorySegment pointers = messages.reinterpret(count * ValueLayout.ADDRESS.byteSize());
      for (int i = 0; i < count; i++) {
        MemorySegment message = pointers.getAtIndex(ValueLayout.ADDRESS, i)
            .reinterpret(STRUCT_BYTES);
        switch (message.get(ValueLayout.JAVA_INT, 0)) {
          case PROMPT_ECHO_OFF -> {
            MemorySegment copy = allocated(1, secret.byteSize());
            copy.copyFrom(secret);
            answers.set(ValueLayout.ADDRESS, i * STRUCT_BYTES, copy);
          }
          case ERROR_MSG, TEXT_INFO -> {
          } // no answer is expected
          default -> {
            release(answers, i);
            return CONV_ERR;
          }
        }
      }
      answersOut.reinterpret(ValueLayout.ADDRESS.byteSize()).set(ValueLayout.ADDRESS, 0, answers);
      return SUCCESS;
    } catch (Throwable e) {
      return CONV_ERR;
    }
  }

  private MemorySegment allocated(long count, long bytes) throws Throwable {
    MemorySegment memory = (MemorySegment) calloc.invokeExact(count, bytes);
    if (memory.address() == 0) {
      throw new OutOfMemoryError("calloc");
    }
    return memory.reinterpret(count * bytes);
  }

  private void release(MemorySegment answers, int count) throws Throwable {
    for (int i = 0; i < count; i++) {
      free.invokeExact(answers.get(ValueLayout.ADDRESS, i * STRUCT_BYTES)); // null is fine
    }
    free.invokeExact(answers);
  }
}
