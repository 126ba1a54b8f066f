package io.sluice.proxy.doors;

import java.net.InetSocketAddress;
import java.util.Optional;

/** Knows where the app of a redirected connection wanted to go. */
@FunctionalInterface
public interface OriginalDestinations {
  /**
   * Where the connection that was accepted on an outbound listener was dialled to.
   *
   * @param acceptedFd the accepted socket, owned by the caller
   * @return empty when it was not redirected: somebody dialled the listener itself; such a
   *     connection must be reset
   */
  Optional<InetSocketAddress> of(int acceptedFd);
}
