package io.sluice.proxy.route;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.ServiceId;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The called side: always the app's own port; no rules. What is left to find is the service that
 * telemetry names.
 */
public final class InboundRouter {
  private InboundRouter() {}

  /**
   * @param table in force
   * @param podPort what the client dialled: the pod's address and port
   * @param authority as sent; empty for TCP
   */
  public static RouteDecision.Forward route(
      RouteTable table, InetSocketAddress podPort, String authority) {
    return new RouteDecision.Forward(
        WellKnownClusters.INBOUND, service(table, podPort, authority), Optional.empty());
  }

  /**
   * The service that telemetry names.
   *
   * @param table in force
   * @param podPort what the client dialled: the pod's address and port
   * @param authority as sent; empty for TCP
   */
  public static Optional<ServiceId> service(
      RouteTable table, InetSocketAddress podPort, String authority) {
    return PodPorts.service(table, podPort, authority);
  }
}
