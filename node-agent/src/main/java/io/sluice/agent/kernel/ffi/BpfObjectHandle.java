package io.sluice.agent.kernel.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import me.bechberger.ebpf.bpf.raw.Lib;
import me.bechberger.ebpf.bpf.raw.bpf_prog_info;

/**
 * A loaded object: owns its programs and maps. Any thread may ask and attach; one closes, at the
 * end.
 */
public final class BpfObjectHandle implements AutoCloseable {
  private static final int SK_LOOKUP = 36;

  /** The kernel takes no more than this for one namespace. */
  private static final int NETNS_PROGRAMS_MAX = 64;

  private final String name;
  private final MemorySegment object;
  private boolean closed;

  BpfObjectHandle(String name, MemorySegment object) {
    this.name = name;
    this.object = object;
  }

  /** A map of this object; usable until the object is closed. */
  public BpfMap map(String mapName) {
    try (Arena arena = Arena.ofConfined()) {
      int fd = Lib.bpf_object__find_map_fd_by_name(open(), arena.allocateFrom(mapName));
      if (fd < 0) {
        throw new KernelFault("bpf_object__find_map_fd_by_name", name + "/" + mapName, -fd, "");
      }
      return new BpfMap(mapName, fd);
    }
  }

  /**
   * Attaches a program; the kernel detaches it when the link is closed or the process ends.
   *
   * @param targetFd a cgroup2 directory or a network namespace, as the program's type wants it
   */
  public BpfLink attach(String program, int targetFd, String target) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment p = Lib.bpf_object__find_program_by_name(open(), arena.allocateFrom(program));
      if (p.address() == 0) {
        throw new KernelFault("bpf_object__find_program_by_name", program, Errno.ENOENT, "");
      }
      int type = Lib.bpf_program__expected_attach_type(p);
      int fd = Lib.bpf_link_create(Lib.bpf_program__fd(p), targetFd, type, MemorySegment.NULL);
      if (fd < 0) {
        throw new KernelFault("bpf_link_create", program + " on " + target, -fd, "");
      }
      return new BpfLink(fd);
    }
  }

  /**
   * Whether a program of this name, of whatever process, is attached to a network namespace as
   * {@code sk_lookup}.
   */
  public static boolean isAttachedToNetns(String program, int namespaceFd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ids = arena.allocate(JAVA_INT, NETNS_PROGRAMS_MAX);
      MemorySegment count = arena.allocateFrom(JAVA_INT, NETNS_PROGRAMS_MAX);
      MemorySegment flags = arena.allocate(JAVA_INT);
      int result = Lib.bpf_prog_query(namespaceFd, SK_LOOKUP, 0, flags, ids, count);
      if (result != 0) {
        throw new KernelFault("bpf_prog_query", "sk_lookup of a namespace", -result, "");
      }
      return ids.asSlice(0, (long) count.get(JAVA_INT, 0) * Integer.BYTES)
          .elements(JAVA_INT)
          .anyMatch(id -> program.equals(programName(id.get(JAVA_INT, 0), arena)));
    }
  }

  /** Empty for a program that has gone in the meantime. */
  private static String programName(int id, Arena arena) {
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

  private MemorySegment open() {
    if (closed) {
      throw new IllegalStateException("BPF object " + name + " is closed");
    }
    return object;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Lib.bpf_object__close(object);
    }
  }
}
