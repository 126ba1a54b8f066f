package io.sluice.agent.kernel.program;

import io.sluice.agent.kernel.abi.PodEntry;
import java.util.List;
import java.util.OptionalInt;

/**
 * The proxy's listeners in a pod, all exempt before they were bound, all listening.
 *
 * @param outPort4 port of the listener on 0.0.0.0 that is bound to device lo
 * @param outPorts6 ports of four listeners on [::1]; empty: native IPv6 is not steered
 * @param inboundFd4 listener on 127.0.0.1, stays the proxy's
 * @param inboundFd6 listener on [::1], stays the proxy's; empty: inbound IPv6 is not steered
 */
public record PodListeners(
    int outPort4, List<Integer> outPorts6, int inboundFd4, OptionalInt inboundFd6) {
  /** How many listeners native IPv6 needs. */
  public static final int OUT_PORTS6 = PodEntry.OUT_PORTS6;

  public PodListeners {
    outPorts6 = List.copyOf(outPorts6);
    if (outPort4 < 1 || outPort4 > 65535) {
      throw new IllegalArgumentException("outPort4: " + outPort4 + " (expected: 1..65535)");
    }
  }
}
