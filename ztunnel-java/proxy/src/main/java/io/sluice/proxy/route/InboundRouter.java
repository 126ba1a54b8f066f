package io.sluice.proxy.route;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import java.net.InetSocketAddress;
import java.util.List;
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
        WellKnownClusters.INBOUND, service(table.servicesOf(podPort), authority), Optional.empty());
  }

  private static Optional<ServiceId> service(List<ServicePort> services, String authority) {
    if (services.isEmpty()) {
      return Optional.empty();
    }
    if (services.size() > 1) {
      String host = HostName.of(authority);
      for (ServicePort candidate : services) {
        if (isNamed(candidate.service(), host)) {
          return Optional.of(candidate.service());
        }
      }
    }
    return Optional.of(services.getFirst().service());
  }

  /**
   * {@code web}, {@code web.shop}, {@code web.shop.svc} or the whole of {@code
   * web.shop.svc.cluster.local}.
   */
  private static boolean isNamed(ServiceId service, String host) {
    return !host.isEmpty()
        && (service.host().equals(host)
            || (service.host().startsWith(host + ".") && host.startsWith(service.name())));
  }
}
