package io.sluice.agent.kernel.abi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.sluice.agent.kernel.ffi.BpfMap;
import io.sluice.agent.kernel.ffi.Errno;
import io.sluice.agent.kernel.ffi.KernelFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;

/**
 * The ports on which one pod listens: its inner map of {@code listening}. {@code sockops} counts
 * sockets that begin to listen from now on; the others are put by a scan with a flag of its own, so
 * that nothing is counted twice.
 */
public final class ListeningMap implements AutoCloseable {
  static final int SCANNED = 1;
  private static final long ADDR = Layouts.offset(Layouts.PORT, "addr");
  private static final long PORT = Layouts.offset(Layouts.PORT, "port");
  private static final long FLAGS = Layouts.offset(Layouts.LISTEN, "flags");

  private final BpfMap outer;
  private final BpfMap ports;
  private final long cookie;

  private ListeningMap(BpfMap outer, BpfMap ports, long cookie) {
    this.outer = outer;
    this.ports = ports;
    this.cookie = cookie;
  }

  /**
   * Makes a pod's map, at most {@value Layouts#LISTENING_MAX} ports; from now on they are counted.
   */
  public static ListeningMap create(BpfMap outer, long cookie) {
    BpfMap inner =
        InnerMaps.create(
            outer, cookie, "sl_listening", Layouts.PORT, Layouts.LISTEN, Layouts.LISTENING_MAX);
    return new ListeningMap(outer, inner, cookie);
  }

  /** What is in the map, whoever put it. */
  public Set<ListeningPort> ports() {
    Set<ListeningPort> found = new HashSet<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = MemorySegment.NULL;
      MemorySegment next = arena.allocate(Layouts.PORT);
      while (found.size() < Layouts.LISTENING_MAX && ports.nextKey(key, next)) {
        int port = Short.toUnsignedInt(next.get(JAVA_SHORT, PORT));
        found.add(new ListeningPort(Addresses.read(next, ADDR), port));
        key = arena.allocate(Layouts.PORT).copyFrom(next);
      }
    }
    return found;
  }

  /**
   * Puts a port that a scan found, unless it is known; false if it was, or if the map is full: then
   * the port stays direct.
   */
  public boolean putScanned(ListeningPort port) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(Layouts.LISTEN);
      value.set(JAVA_INT, FLAGS, SCANNED);
      return ports.putIfAbsent(key(port, arena), value);
    } catch (KernelFault fault) {
      if (fault.errno() == Errno.E2BIG) {
        return false;
      }
      throw fault;
    }
  }

  /** Takes a port out, counted or not. */
  public boolean remove(ListeningPort port) {
    try (Arena arena = Arena.ofConfined()) {
      return ports.remove(key(port, arena));
    }
  }

  private static MemorySegment key(ListeningPort port, Arena arena) {
    MemorySegment key = arena.allocate(Layouts.PORT);
    Addresses.write(key, ADDR, port.address());
    key.set(JAVA_SHORT, PORT, (short) port.port());
    return key;
  }

  @Override
  public void close() {
    try {
      InnerMaps.remove(outer, cookie);
    } finally {
      ports.close();
    }
  }
}
