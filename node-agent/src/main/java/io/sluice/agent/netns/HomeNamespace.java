package io.sluice.agent.netns;

import io.sluice.agent.kernel.ffi.Libc;
import java.nio.file.Path;

/**
 * The namespace in which the agent's threads live, to which they return. Made once at the start.
 */
public final class HomeNamespace implements AutoCloseable {
  private final int fd;

  private HomeNamespace(int fd) {
    this.fd = fd;
  }

  /** Takes the calling thread's namespace as home. */
  public static HomeNamespace ofThisThread() {
    return new HomeNamespace(Libc.open("/proc/thread-self/ns/net"));
  }

  /**
   * Opens a namespace, such as {@code /run/netns/NAME} or {@code /proc/PID/ns/net}.
   *
   * @throws io.sluice.agent.kernel.ffi.KernelFault if there is none
   */
  public NetworkNamespace open(Path path) {
    return NetworkNamespace.open(path, this);
  }

  int fd() {
    return fd;
  }

  /** All namespaces that were opened through it must be closed before. */
  @Override
  public void close() {
    Libc.close(fd);
  }
}
