package io.sluice.agent.kernel.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import me.bechberger.ebpf.bpf.raw.Lib;
import me.bechberger.ebpf.bpf.raw.bpf_prog_info;

/** Which programs are attached somewhere, by whatever process. Any thread. */
public final class AttachedPrograms {
  /** {@code enum bpf_attach_type} of linux/bpf.h. */
  private static final int CGROUP_INET4_CONNECT = 10;

  private static final int SK_LOOKUP = 36;

  /** The kernel attaches at most 64 to a cgroup and hook. */
  private static final int PROGRAMS_MAX = 64;

  private AttachedPrograms() {}

  /** Names of the {@code sk_lookup} programs of a network namespace. */
  public static List<String> ofNetns(int namespaceFd) {
    return names(namespaceFd, SK_LOOKUP, "sk_lookup of a namespace");
  }

  /**
   * Names of the {@code connect4} programs of a cgroup v2 directory, at most 15 characters each.
   */
  public static List<String> atConnect(int cgroupFd) {
    return names(cgroupFd, CGROUP_INET4_CONNECT, "connect4 of a cgroup");
  }

  private static List<String> names(int targetFd, int attachType, String target) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ids = arena.allocate(JAVA_INT, PROGRAMS_MAX);
      MemorySegment count = arena.allocateFrom(JAVA_INT, PROGRAMS_MAX);
      MemorySegment flags = arena.allocate(JAVA_INT);
      int result = Lib.bpf_prog_query(targetFd, attachType, 0, flags, ids, count);
      if (result != 0) {
        throw new KernelFault("bpf_prog_query", target, -result, "");
      }
      return ids.asSlice(0, (long) count.get(JAVA_INT, 0) * Integer.BYTES)
          .elements(JAVA_INT)
          .map(id -> name(id.get(JAVA_INT, 0), arena))
          .filter(name -> !name.isEmpty())
          .toList();
    }
  }

  /** Empty for a program that has gone in the meantime. */
  private static String name(int id, Arena arena) {
    int fd = Lib.bpf_prog_get_fd_by_id(id);
    if (fd < 0) {
      return "";
    }
    try {
      MemorySegment info = bpf_prog_info.allocate(arena);
      MemorySegment size = arena.allocateFrom(JAVA_INT, (int) info.byteSize());
      int result = Lib.bpf_obj_get_info_by_fd(fd, info, size);
      return result == 0 ? bpf_prog_info.name(info).getString(0) : "";
    } finally {
      Libc.close(fd);
    }
  }
}
