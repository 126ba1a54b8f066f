package io.sluice.agent.kernel.abi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.agent.kernel.ffi.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;

/**
 * The maps {@code pod_ips} (address -> netns cookie) and {@code inbound} (address -> the agent's
 * listener in that pod). A pod's address can be reused: only own entries are removed.
 */
public final class InboundMaps {
  private final BpfMap podIps;
  private final BpfMap inbound;

  public InboundMaps(BpfMap podIps, BpfMap inbound) {
    this.podIps = podIps;
    this.inbound = inbound;
  }

  /** Steers SYNs to this address, in place of whoever had it before. */
  public void put(InetAddress address, long cookie, int listenerFd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = key(address, arena);
      inbound.put(key, arena.allocateFrom(JAVA_LONG, listenerFd));
      podIps.put(key, arena.allocateFrom(JAVA_LONG, cookie));
    }
  }

  /**
   * Takes this address from a pod that is gone; the kernel would assign its listener to a new one.
   */
  public void removeStale(InetAddress address, long cookieOfNew) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = key(address, arena);
      MemorySegment cookie = arena.allocate(JAVA_LONG);
      if (podIps.get(key, cookie) && cookie.get(JAVA_LONG, 0) != cookieOfNew) {
        podIps.remove(key);
        inbound.remove(key);
      }
    }
  }

  /**
   * Removes an address if it still leads to this pod.
   *
   * @param listenerCookie of the listener that was put: another one stays
   */
  public void removeOwn(InetAddress address, long cookie, long listenerCookie) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = key(address, arena);
      MemorySegment found = arena.allocate(JAVA_LONG);
      if (inbound.get(key, found) && found.get(JAVA_LONG, 0) == listenerCookie) {
        inbound.remove(key);
      }
      if (podIps.get(key, found) && found.get(JAVA_LONG, 0) == cookie) {
        podIps.remove(key);
      }
    }
  }

  private static MemorySegment key(InetAddress address, Arena arena) {
    MemorySegment key = arena.allocate(Layouts.ADDR);
    Addresses.write(key, 0, address);
    return key;
  }
}
