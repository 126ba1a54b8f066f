package io.sluice.proxy.doors;

import java.net.InetSocketAddress;

/**
 * Marks the proxy's own sockets so that they are never redirected. Called before bind, connect or
 * listen.
 */
public interface OwnSockets {
  /** For listeners (what they accept is exempt too) and outbound upstream connections. */
  void exempt(int fd);

  /**
   * For an inbound upstream connection: exempt, and the app that accepts it sees this address as
   * its peer.
   *
   * @param trueClient resolved; IPv4 or IPv6
   */
  void exemptShowing(int fd, InetSocketAddress trueClient);
}
