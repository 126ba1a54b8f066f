package io.sluice.agent.kernel.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import me.bechberger.ebpf.bpf.raw.Lib;
import me.bechberger.ebpf.bpf.raw.bpf_test_run_opts;

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
      MemorySegment p = find(program, arena);
      int type = Lib.bpf_program__expected_attach_type(p);
      int fd = Lib.bpf_link_create(Lib.bpf_program__fd(p), targetFd, type, MemorySegment.NULL);
      if (fd < 0) {
        throw new KernelFault("bpf_link_create", program + " on " + target, -fd, "");
      }
      return new BpfLink(fd);
    }
  }

  /** Whether the program was loaded: an optional one is left out where the kernel can't run it. */
  public boolean has(String program) {
    try (Arena arena = Arena.ofConfined()) {
      return Lib.bpf_program__fd(find(program, arena)) >= 0;
    }
  }

  /** Attaches a program to a raw tracepoint of the machine, for as long as the link is open. */
  public BpfLink attachTracepoint(String program, String tracepoint) {
    try (Arena arena = Arena.ofConfined()) {
      int fd =
          Lib.bpf_raw_tracepoint_open(
              arena.allocateFrom(tracepoint), Lib.bpf_program__fd(find(program, arena)));
      if (fd < 0) {
        throw new KernelFault(
            "bpf_raw_tracepoint_open", program + " on tracepoint " + tracepoint, -fd, "");
      }
      return new BpfLink(fd);
    }
  }

  /** Runs a program of type {@code syscall} once, on this thread. */
  public void run(String program) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = bpf_test_run_opts.allocate(arena);
      bpf_test_run_opts.sz(options, bpf_test_run_opts.layout().byteSize());
      int result = Lib.bpf_prog_test_run_opts(Lib.bpf_program__fd(find(program, arena)), options);
      if (result != 0) {
        throw new KernelFault("bpf_prog_test_run_opts", program, -result, "");
      }
    }
  }

  private MemorySegment find(String program, Arena arena) {
    MemorySegment p = Lib.bpf_object__find_program_by_name(open(), arena.allocateFrom(program));
    if (p.address() == 0) {
      throw new KernelFault("bpf_object__find_program_by_name", program, Errno.ENOENT, "");
    }
    return p;
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
