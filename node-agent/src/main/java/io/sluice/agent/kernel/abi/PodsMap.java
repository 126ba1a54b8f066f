package io.sluice.agent.kernel.abi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.sluice.agent.kernel.ffi.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The map {@code pods}: netns cookie -> {@link PodEntry}. An entry enrols a pod. */
public final class PodsMap {
  static final int ENABLED = 1;
  static final int TRACK_LISTEN = 1 << 1;
  static final int HAS_IP4 = 1 << 2;
  static final int HAS_IP6 = 1 << 3;

  private static final long FLAGS = Layouts.offset(Layouts.POD, "flags");
  private static final long OUT_PORT4 = Layouts.offset(Layouts.POD, "out_port4");
  private static final long OUT_PORT6 = Layouts.offset(Layouts.POD, "out_port6");
  private static final long IP4 = Layouts.offset(Layouts.POD, "ip4");
  private static final long IP6 = Layouts.offset(Layouts.POD, "ip6");

  private final BpfMap map;

  public PodsMap(BpfMap map) {
    this.map = map;
  }

  public void put(long cookie, PodEntry pod) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(Layouts.POD);
      boolean six = pod.ip6().isPresent() && !pod.outPorts6().isEmpty();
      value.set(
          JAVA_INT,
          FLAGS,
          TRACK_LISTEN
              | (pod.enabled() ? ENABLED : 0)
              | (pod.ip4().isPresent() ? HAS_IP4 : 0)
              | (six ? HAS_IP6 : 0));
      value.set(JAVA_SHORT, OUT_PORT4, (short) pod.outPort4());
      for (int i = 0; i < pod.outPorts6().size(); i++) {
        value.set(
            JAVA_SHORT, OUT_PORT6 + i * JAVA_SHORT.byteSize(), pod.outPorts6().get(i).shortValue());
      }
      pod.ip4().ifPresent(ip -> Addresses.write(value, IP4, ip));
      pod.ip6().ifPresent(ip -> Addresses.write(value, IP6, ip));
      map.put(arena.allocateFrom(JAVA_LONG, cookie), value);
    }
  }

  public boolean remove(long cookie) {
    try (Arena arena = Arena.ofConfined()) {
      return map.remove(arena.allocateFrom(JAVA_LONG, cookie));
    }
  }
}
