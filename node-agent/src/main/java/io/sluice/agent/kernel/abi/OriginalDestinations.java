package io.sluice.agent.kernel.abi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.sluice.agent.kernel.ffi.BpfMap;
import io.sluice.agent.kernel.ffi.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What an app dialled, by the accepted socket of the agent: the maps {@code acc_dst} and, for the
 * instant between the accept queue and PASSIVE_ESTABLISHED, {@code pending}.
 */
public final class OriginalDestinations {
  private static final int AF_INET = 2;
  private static final int SOCKADDR_IN6_BYTES = 28;
  private static final int PORT_OFFSET = 2;
  private static final int IP4_OFFSET = 4;
  private static final int IP6_OFFSET = 8;
  static final int KIND_DST = 1;

  private static final long KIND = Layouts.offset(Layouts.PENDING, "kind");
  private static final long WHAT = Layouts.offset(Layouts.PENDING, "what");
  private static final long LOCAL = Layouts.offset(Layouts.TUPLE, "local");
  private static final long REMOTE = Layouts.offset(Layouts.TUPLE, "remote");
  private static final long LOCAL_PORT = Layouts.offset(Layouts.TUPLE, "local_port");
  private static final long REMOTE_PORT = Layouts.offset(Layouts.TUPLE, "remote_port");

  private final BpfMap accepted;
  private final BpfMap pending;

  public OriginalDestinations(BpfMap accepted, BpfMap pending) {
    this.accepted = accepted;
    this.pending = pending;
  }

  /**
   * Normally one system call. A connection can be accepted a moment before the kernel tells of its
   * end of the handshake; then it is still in {@code pending}, or in {@code acc_dst} by the time
   * one looks again, for that is written first.
   *
   * @return empty if nobody was redirected to this socket
   */
  public Optional<InetSocketAddress> of(int acceptedFd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocateFrom(JAVA_INT, acceptedFd);
      MemorySegment value = arena.allocate(Layouts.DST);
      if (accepted.get(key, value)) {
        return Optional.of(Addresses.readDst(value, 0));
      }
      Optional<InetSocketAddress> underWay = underWay(acceptedFd, arena);
      if (underWay.isPresent()) {
        return underWay;
      }
      return accepted.get(key, value) ? Optional.of(Addresses.readDst(value, 0)) : Optional.empty();
    }
  }

  private Optional<InetSocketAddress> underWay(int fd, Arena arena) {
    MemorySegment tuple = arena.allocate(Layouts.TUPLE);
    if (!writeTuple(fd, tuple, arena)) {
      return Optional.empty();
    }
    MemorySegment cookie = arena.allocateFrom(JAVA_LONG, Libc.netnsCookie(fd));
    Optional<BpfMap> ofPod = InnerMaps.open(pending, cookie);
    if (ofPod.isEmpty()) {
      return Optional.empty();
    }
    try {
      MemorySegment value = arena.allocate(Layouts.PENDING);
      boolean found = ofPod.get().get(tuple, value) && value.get(JAVA_INT, KIND) == KIND_DST;
      return found ? Optional.of(Addresses.readDst(value, WHAT)) : Optional.empty();
    } finally {
      ofPod.get().close();
    }
  }

  /** The connection as the app sees it: its local side is our remote one. */
  private static boolean writeTuple(int fd, MemorySegment tuple, Arena arena) {
    MemorySegment name = arena.allocate(SOCKADDR_IN6_BYTES, Long.BYTES);
    if (!Libc.getpeername(fd, name)) {
      return false;
    }
    writeEnd(name, tuple, LOCAL, LOCAL_PORT);
    if (!Libc.getsockname(fd, name)) {
      return false;
    }
    writeEnd(name, tuple, REMOTE, REMOTE_PORT);
    return true;
  }

  private static void writeEnd(MemorySegment name, MemorySegment tuple, long addr, long port) {
    tuple.set(JAVA_SHORT, port, Short.reverseBytes(name.get(JAVA_SHORT, PORT_OFFSET)));
    MemorySegment to = tuple.asSlice(addr, Addresses.BYTES);
    to.fill((byte) 0);
    if (name.get(JAVA_SHORT, 0) == AF_INET) {
      to.set(JAVA_BYTE, 10, (byte) 0xff);
      to.set(JAVA_BYTE, 11, (byte) 0xff);
      to.asSlice(12, 4).copyFrom(name.asSlice(IP4_OFFSET, 4));
    } else {
      to.copyFrom(name.asSlice(IP6_OFFSET, Addresses.BYTES));
    }
  }
}
