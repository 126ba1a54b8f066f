package io.sluice.agent.kernel.abi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.sluice.agent.kernel.ffi.BpfMap;
import io.sluice.agent.kernel.ffi.SockDiag;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.List;

/** The map {@code own_sk}: the agent's own sockets, told by descriptor, before bind and connect. */
public final class OwnSockets {
  static final int EXEMPT = 1;
  static final int SHOWING = 2;
  static final int STRAIGHT = 3;

  private static final long KIND = Layouts.offset(Layouts.OWN, "kind");
  private static final long WENT_STRAIGHT = Layouts.offset(Layouts.OWN, "straight");
  private static final long SHOWN = Layouts.offset(Layouts.OWN, "shown");

  private final BpfMap map;

  public OwnSockets(BpfMap map) {
    this.map = map;
  }

  /** A listener, whose children inherit it, or an upstream connection. */
  public void exempt(int fd) {
    put(fd, EXEMPT);
  }

  /**
   * An outbound upstream connection that shall not be steered to the inbound listener of the pod
   * that it leads to.
   */
  public void exemptStraight(int fd) {
    put(fd, STRAIGHT);
  }

  /**
   * Whether a socket that was marked with {@link #exemptStraight}, and is connected, went past an
   * inbound listener; false also where nothing would have steered it. A system call.
   */
  public boolean wentStraight(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(Layouts.OWN);
      return map.get(arena.allocateFrom(JAVA_INT, fd), value)
          && value.get(JAVA_INT, WENT_STRAIGHT) != 0;
    }
  }

  private void put(int fd, int kind) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(Layouts.OWN);
      value.set(JAVA_INT, KIND, kind);
      map.put(arena.allocateFrom(JAVA_INT, fd), value);
    }
  }

  /**
   * An inbound upstream connection: the app that accepts it sees {@code trueClient} as its peer.
   *
   * @param trueClient resolved
   */
  public void exemptShowing(int fd, InetSocketAddress trueClient) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(Layouts.OWN);
      value.set(JAVA_INT, KIND, SHOWING);
      Addresses.writeDst(value, SHOWN, trueClient);
      map.put(arena.allocateFrom(JAVA_INT, fd), value);
    }
  }

  /**
   * Connections of apps in the namespace in which the calling thread is: all open ones but the
   * agent's own. Blocks for milliseconds.
   *
   * @throws io.sluice.agent.kernel.ffi.KernelFault with ENOENT if the kernel has no {@code
   *     tcp_diag}
   */
  public List<SockDiag.Connection> othersConnections() {
    return SockDiag.connections(map).stream().filter(each -> !each.stored()).toList();
  }
}
