package io.sluice.agent.kernel.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import me.bechberger.ebpf.bpf.raw.Lib;

/**
 * A loaded object: owns its programs and maps. Any thread may ask and attach; one closes, at the
 * end.
 */
public final class BpfObjectHandle implements AutoCloseable {

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
