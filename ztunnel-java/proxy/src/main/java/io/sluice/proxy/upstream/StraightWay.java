package io.sluice.proxy.upstream;

import io.sluice.proxy.doors.LocalPod;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Knows which connections need no second pass: the pod at their other end is enrolled on this
 * machine, and the pass of its own would find nothing that the caller's pass did not.
 */
@FunctionalInterface
public interface StraightWay {
  /** Each connection is taken in on each side by itself. */
  StraightWay NONE = (target, endpoint) -> Optional.empty();

  /**
   * Asked once a dial, on its event loop; must not block.
   *
   * @param endpoint of the target's cluster
   * @return whose app may accept the connection by itself
   */
  Optional<LocalPod> to(UpstreamTarget target, InetSocketAddress endpoint);
}
