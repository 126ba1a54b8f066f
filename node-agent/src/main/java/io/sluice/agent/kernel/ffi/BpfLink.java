package io.sluice.agent.kernel.ffi;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An attached program. Closing it detaches; it does not hold the namespace that it is attached to.
 */
public final class BpfLink implements AutoCloseable {
  private final int fd;
  private final AtomicBoolean closed = new AtomicBoolean();

  BpfLink(int fd) {
    this.fd = fd;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Libc.close(fd);
    }
  }
}
