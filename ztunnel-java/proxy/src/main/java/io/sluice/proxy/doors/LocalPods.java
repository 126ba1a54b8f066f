package io.sluice.proxy.doors;

import java.net.InetAddress;
import java.util.Optional;

/** Knows the enrolled pods of this machine by their addresses. Any thread; never blocks. */
@FunctionalInterface
public interface LocalPods {
  /** There are none: each connection is taken in on each side by itself. */
  LocalPods NONE = address -> Optional.empty();

  /**
   * Whose address it is; asked once a dial.
   *
   * @return empty: of nobody here, or of a pod that takes no part
   */
  Optional<LocalPod> at(InetAddress address);
}
