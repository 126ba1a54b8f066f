package io.sluice.agent.kernel.ffi;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An attached program. Closing it detaches; it does not hold the namespace that it is attached to.
 */
public final class BpfLink implements AutoCloseable {
  /** Above the sockets of a busy node, and below the usual limits on open files. */
  private static final int DESCRIPTOR_MIN = 16_384;

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

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Libc.close(fd);
    }
  }
}
