package io.sluice.agent.kernel.abi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.agent.kernel.ffi.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Hashes of maps: netns cookie -> a map of that pod, so that a flood in one fills its own only. */
final class InnerMaps {
  private InnerMaps() {}

  /** Makes a pod's inner map and puts it; the caller closes what it gets. */
  static BpfMap create(
      BpfMap outer, long cookie, String name, MemoryLayout key, MemoryLayout value, int max) {
    BpfMap inner = BpfMap.newInnerHash(name, key.byteSize(), value.byteSize(), max);
    try (Arena arena = Arena.ofConfined()) {
      outer.put(arena.allocateFrom(JAVA_LONG, cookie), arena.allocateFrom(JAVA_INT, inner.fd()));
      return inner;
    } catch (RuntimeException e) {
      inner.close();
      throw e;
    }
  }

  static boolean remove(BpfMap outer, long cookie) {
    try (Arena arena = Arena.ofConfined()) {
      return outer.remove(arena.allocateFrom(JAVA_LONG, cookie));
    }
  }

  /** A pod's inner map by a new descriptor, which the caller closes. */
  static Optional<BpfMap> open(BpfMap outer, MemorySegment cookie) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment id = arena.allocate(JAVA_INT);
      return outer.get(cookie, id)
          ? BpfMap.openById("inner map", id.get(JAVA_INT, 0))
          : Optional.empty();
    }
  }
}
