package io.sluice.agent;

import io.sluice.proxy.doors.OwnSockets;
import java.net.InetSocketAddress;

/** The proxy's door to the map of own sockets. Event loops. */
record KernelSockets(io.sluice.agent.kernel.abi.OwnSockets map) implements OwnSockets {

  @Override
  public void exempt(int fd) {
    map.exempt(fd);
  }

  @Override
  public void exemptStraight(int fd) {
    map.exemptStraight(fd);
  }

  @Override
  public boolean wentStraight(int fd) {
    return map.wentStraight(fd);
  }

  @Override
  public void exemptShowing(int fd, InetSocketAddress trueClient) {
    map.exemptShowing(fd, trueClient);
  }
}
