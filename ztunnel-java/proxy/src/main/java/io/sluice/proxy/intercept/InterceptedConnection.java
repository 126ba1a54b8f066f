package io.sluice.proxy.intercept;

import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * A connection that was taken in.
 *
 * @param direction which way it crosses the pod's edge
 * @param pod the enrolled pod: the caller when outbound, the called when inbound
 * @param originalDestination what the app dialled; resolved, port 1..65535. Where nobody was
 *     redirected, 0.0.0.0 and the port whose hosts are meant: see {@link #hasDestination}
 * @param client the true remote address: of the pod's app when outbound, of whoever calls when
 *     inbound
 */
public record InterceptedConnection(
    Direction direction,
    PodContext pod,
    InetSocketAddress originalDestination,
    InetSocketAddress client) {
  public InterceptedConnection {
    Objects.requireNonNull(direction, "direction");
    Objects.requireNonNull(pod, "pod");
    Objects.requireNonNull(originalDestination, "originalDestination");
    Objects.requireNonNull(client, "client");
  }

  /**
   * Whether it can be passed on to where it was going. False on a plain listener. Never mistaken:
   * what dials 0.0.0.0/8 is not redirected.
   */
  public boolean hasDestination() {
    return !originalDestination.getAddress().isAnyLocalAddress();
  }
}
