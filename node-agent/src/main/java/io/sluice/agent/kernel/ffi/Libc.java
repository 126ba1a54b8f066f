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

/** The few system calls that Java has no door to. Any thread. */
public final class Libc {
  public static final int CLONE_NEWNET = 0x40000000;
  public static final int SOL_SOCKET = 1;

  private static final int O_RDONLY = 0;
  private static final int O_CLOEXEC = 0x80000;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int SO_COOKIE = 57;
  private static final int SO_NETNS_COOKIE = 71;
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout ERRNO_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      ERRNO_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SETNS =
      plain("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SETNS_ERRNO =
      capturing("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle OPEN =
      capturing("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
  private static final MethodHandle CLOSE =
      plain("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle FCNTL =
      capturing("fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), 2);
  private static final MethodHandle SOCKET =
      capturing("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SEND =
      capturing("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle RECV =
      capturing("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle GETSOCKOPT =
      capturing(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SETSOCKOPT =
      capturing(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKNAME =
      capturing("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle GETPEERNAME =
      capturing("getpeername", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle VSNPRINTF =
      plain("vsnprintf", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));

  private Libc() {}

  /**
   * Moves the calling thread into a network namespace; allocates nothing. Only {@code
   * io.sluice.agent.netns} calls it.
   *
   * @return whether it worked; {@link #setnsErrno} tells why not
   */
  public static boolean setns(int namespaceFd) {
    try {
      return (int) SETNS.invokeExact(namespaceFd, CLONE_NEWNET) == 0;
    } catch (Throwable t) {
      throw unreachable("setns", t);
    }
  }

  /** Tries once more and returns the errno, 0 if it worked this time. */
  public static int setnsErrno(int namespaceFd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_STATE);
      int result = (int) SETNS_ERRNO.invokeExact(state, namespaceFd, CLONE_NEWNET);
      return result == 0 ? 0 : errno(state);
    } catch (Throwable t) {
      throw unreachable("setns", t);
    }
  }

  /** Opens a file or directory for reading; the caller owns the descriptor. */
  public static int open(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_STATE);
      int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path), O_RDONLY | O_CLOEXEC);
      if (fd < 0) {
        throw new KernelFault("open", path, errno(state), "");
      }
      return fd;
    } catch (KernelFault fault) {
      throw fault;
    } catch (Throwable t) {
      throw unreachable("open", t);
    }
  }

  /** Closes a descriptor. Errors are of no use to anyone: Linux has closed it in any case. */
  public static void close(int fd) {
    try {
      int ignored = (int) CLOSE.invokeExact(fd);
    } catch (Throwable t) {
      throw unreachable("close", t);
    }
  }

  /**
   * Gives a descriptor a number of at least {@code lowest}, where the limit on open files allows.
   *
   * @return the new number, the old one is closed; or the old number, unchanged
   */
  static int moveUp(int fd, int lowest) {
    try (Arena arena = Arena.ofConfined()) {
      int moved = (int) FCNTL.invokeExact(arena.allocate(ERRNO_STATE), fd, F_DUPFD_CLOEXEC, lowest);
      if (moved < 0) {
        return fd;
      }
      close(fd);
      return moved;
    } catch (Throwable t) {
      throw unreachable("fcntl", t);
    }
  }

  /** A UDP socket in the thread's namespace, to ask things of; the caller owns it. */
  public static int probeSocket() {
    return socket(AF_INET, SOCK_DGRAM, 0);
  }

  static int socket(int family, int type, int protocol) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_STATE);
      int fd = (int) SOCKET.invokeExact(state, family, type | SOCK_CLOEXEC, protocol);
      if (fd < 0) {
        throw new KernelFault("socket", "family " + family, errno(state), "");
      }
      return fd;
    } catch (KernelFault fault) {
      throw fault;
    } catch (Throwable t) {
      throw unreachable("socket", t);
    }
  }

  /** Sends all of a message or throws. */
  static void send(int fd, MemorySegment message) {
    long sent = transfer(SEND, "send", fd, message);
    if (sent != message.byteSize()) {
      throw new KernelFault("send", sent + " of " + message.byteSize() + " bytes", 0, "");
    }
  }

  /** Receives one message into a buffer; returns its size. */
  static long recv(int fd, MemorySegment buffer) {
    return transfer(RECV, "recv", fd, buffer);
  }

  private static long transfer(MethodHandle call, String name, int fd, MemorySegment bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_STATE);
      long done = (long) call.invokeExact(state, fd, bytes, bytes.byteSize(), 0);
      if (done < 0) {
        throw new KernelFault(name, "socket " + fd, errno(state), "");
      }
      return done;
    } catch (KernelFault fault) {
      throw fault;
    } catch (Throwable t) {
      throw unreachable(name, t);
    }
  }

  /** The cookie of the network namespace in which the socket was made. Kernel ≥ 5.14. */
  public static long netnsCookie(int fd) {
    return longOption(fd, SO_NETNS_COOKIE, "SO_NETNS_COOKIE");
  }

  /** The kernel's name of a socket, which is never reused. */
  public static long socketCookie(int fd) {
    return longOption(fd, SO_COOKIE, "SO_COOKIE");
  }

  private static long longOption(int fd, int option, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_STATE);
      MemorySegment value = arena.allocate(JAVA_LONG);
      MemorySegment size = arena.allocateFrom(JAVA_INT, (int) JAVA_LONG.byteSize());
      int result = (int) GETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, option, value, size);
      if (result != 0) {
        throw new KernelFault("getsockopt", name + " of socket " + fd, errno(state), "");
      }
      return value.get(JAVA_LONG, 0);
    } catch (KernelFault fault) {
      throw fault;
    } catch (Throwable t) {
      throw unreachable("getsockopt", t);
    }
  }

  /** Sets an int option of a socket. */
  public static void setIntOption(int fd, int level, int option, int value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_STATE);
      MemorySegment v = arena.allocateFrom(JAVA_INT, value);
      int result =
          (int) SETSOCKOPT.invokeExact(state, fd, level, option, v, (int) JAVA_INT.byteSize());
      if (result != 0) {
        String what = "level " + level + " option " + option + " = " + value + " of socket " + fd;
        throw new KernelFault("setsockopt", what, errno(state), "");
      }
    } catch (KernelFault fault) {
      throw fault;
    } catch (Throwable t) {
      throw unreachable("setsockopt", t);
    }
  }

  /** Fills a sockaddr with the local address; false if the socket has none. */
  public static boolean getsockname(int fd, MemorySegment sockaddr) {
    return name(GETSOCKNAME, fd, sockaddr);
  }

  /** Fills a sockaddr with the peer's address; false if the socket has none. */
  public static boolean getpeername(int fd, MemorySegment sockaddr) {
    return name(GETPEERNAME, fd, sockaddr);
  }

  private static boolean name(MethodHandle call, int fd, MemorySegment sockaddr) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_STATE);
      MemorySegment size = arena.allocateFrom(JAVA_INT, (int) sockaddr.byteSize());
      return (int) call.invokeExact(state, fd, sockaddr, size) == 0;
    } catch (Throwable t) {
      throw unreachable("getsockname", t);
    }
  }

  /** Formats a C message; {@code vaList} is what a C callback got. Returns the number of bytes. */
  static int vsnprintf(MemorySegment out, MemorySegment format, MemorySegment vaList) {
    try {
      return (int) VSNPRINTF.invokeExact(out, out.byteSize(), format, vaList);
    } catch (Throwable t) {
      throw unreachable("vsnprintf", t);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  private static MethodHandle plain(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
  }

  private static MethodHandle capturing(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
  }

  /** A variadic function whose first {@code fixed} arguments are named. */
  private static MethodHandle capturing(String name, FunctionDescriptor type, int fixed) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        type,
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(fixed));
  }

  private static IllegalStateException unreachable(String call, Throwable t) {
    return new IllegalStateException(call + " could not be called: wrong signature", t);
  }
}
