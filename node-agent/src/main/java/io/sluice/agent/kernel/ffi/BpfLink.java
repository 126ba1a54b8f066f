package io.sluice.agent.kernel.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import me.bechberger.ebpf.bpf.raw.Lib;

/**
 * An attached program. Closing it detaches; it does not hold the namespace that it is attached to.
 */
public final class BpfLink implements AutoCloseable {
  /** Above the sockets of a busy node, and below the usual limits on open files. */
  private static final int DESCRIPTOR_MIN = 16_384;

  /** Of {@code struct bpf_link_info}, as much as is read. */
  private static final int INFO_BYTES = 32;

  /** Offset of {@code cgroup.cgroup_id}. */
  private static final int INFO_CGROUP_ID = 16;

  private final int fd;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Takes over the descriptor. When a process is killed, the kernel lets go of its files from the
   * highest number down: programs must be detached before the listeners are closed to which they
   * send connections, so links get the highest numbers.
   */
  BpfLink(int fd) {
    this.fd = Libc.moveUp(fd, DESCRIPTOR_MIN);
  }

  /**
   * Of a link to a cgroup: whether its program is in force. Anybody with the rights may detach it
   * under us. One system call; any thread.
   */
  public boolean isAttachedToCgroup() {
    if (closed.get()) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
      int result = Lib.bpf_obj_get_info_by_fd(fd, info, arena.allocateFrom(JAVA_INT, INFO_BYTES));
      return result == 0 && info.get(JAVA_LONG, INFO_CGROUP_ID) != 0;
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Libc.close(fd);
    }
  }
}
