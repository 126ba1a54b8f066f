package io.sluice.agent.kernel.abi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.agent.kernel.ffi.BpfMap;
import io.sluice.agent.kernel.ffi.KernelFault;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** The map {@code counters}: one value a CPU, added up here. */
public final class Counters {
  private static final Path POSSIBLE = Path.of("/sys/devices/system/cpu/possible");

  private final BpfMap map;
  private final int cpus;

  public Counters(BpfMap map) {
    this.map = map;
    this.cpus = possibleCpus();
  }

  /** All counters since the object was loaded; a system call each. */
  public Map<Counter, Long> read() {
    Map<Counter, Long> sums = new EnumMap<>(Counter.class);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(JAVA_INT);
      MemorySegment values = arena.allocate(JAVA_LONG, cpus);
      for (Counter counter : Counter.values()) {
        key.set(JAVA_INT, 0, counter.ordinal());
        map.get(key, values);
        sums.put(counter, values.elements(JAVA_LONG).mapToLong(v -> v.get(JAVA_LONG, 0)).sum());
      }
    }
    return sums;
  }

  private static int possibleCpus() {
    try {
      return lastCpu(Files.readString(POSSIBLE)) + 1;
    } catch (IOException e) {
      throw new KernelFault(POSSIBLE + " can't be read: maybe /sys is not mounted", e);
    }
  }

  /** {@code 0-3}, {@code 0}, {@code 0,2-5}: the highest one; per-CPU maps have no gaps. */
  static int lastCpu(String possible) {
    String text = possible.strip();
    return Integer.parseInt(
        text.substring(Math.max(text.lastIndexOf('-'), text.lastIndexOf(',')) + 1));
  }
}
