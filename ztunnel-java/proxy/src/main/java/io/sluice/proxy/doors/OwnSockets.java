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
   * For an outbound upstream connection to a pod of this machine whose side the proxy has done
   * already: exempt, and that pod's app shall accept it without a second pass through the proxy.
   */
  void exemptStraight(int fd);

  /**
   * What became of that, once the socket is connected.
   *
   * @return true: the app has it, and without the mark it would have come to the proxy once more;
   *     false: it has come to the proxy again, or the pod takes no part
   */
  boolean wentStraight(int fd);

  /**
   * For an inbound upstream connection: exempt, and the app that accepts it sees this address as
   * its peer.
   *
   * @param trueClient resolved; IPv4 or IPv6
   */
  void exemptShowing(int fd, InetSocketAddress trueClient);
}
