package io.sluice.agent.kernel.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * openat2(2): finds a file below a directory whose owner must not lead us elsewhere. Java has no
 * door to it. Kernel ≥ 5.6. Any thread.
 */
public final class ConfinedOpen {
  private static final long OPENAT2 = 437; // on all architectures
  private static final int AT_FDCWD = -100;
  private static final long O_PATH = 0x200000;
  private static final long O_CLOEXEC = 0x80000;
  private static final long NO_MAGIC_LINKS = 0x02;
  private static final long IN_ROOT = 0x10;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout ERRNO_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      ERRNO_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("syscall"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));

  private ConfinedOpen() {}

  /** A handle of a directory (O_PATH), to be closed by the caller; following links. */
  public static int directory(String path) {
    return open(AT_FDCWD, path, 0);
  }

  /**
   * A handle (O_PATH) of what is below a directory, to be closed by the caller. Nothing is opened
   * by it: neither does a FIFO make us wait, nor does a device learn of us. Links are followed, and
   * lead to where they would for somebody whose root the directory is.
   */
  public static int below(int directory, String path) {
    return open(directory, path, IN_ROOT | NO_MAGIC_LINKS);
  }

  private static int open(int directory, String path, long resolve) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_STATE);
      // struct open_how { u64 flags, mode, resolve; }
      MemorySegment how = arena.allocateFrom(JAVA_LONG, O_PATH | O_CLOEXEC, 0, resolve);
      MemorySegment name = arena.allocateFrom(path);
      long fd = (long) SYSCALL.invokeExact(state, OPENAT2, directory, name, how, how.byteSize());
      if (fd < 0) {
        throw new KernelFault("openat2", path, (int) ERRNO.get(state, 0L), "");
      }
      return (int) fd;
    } catch (KernelFault fault) {
      throw fault;
    } catch (Throwable t) {
      throw new IllegalStateException("openat2 could not be called: wrong signature", t);
    }
  }
}
