package io.sluice.proxy.route;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Which service a pod's address and port belong to. Both sides of a call ask here, so that what
 * they report of one connection agrees.
 */
final class PodPorts {
  private PodPorts() {}

  /**
   * The service that the Host header names among those that lead to the port, else the first.
   *
   * @param authority as sent; empty for TCP
   */
  static Optional<ServiceId> service(
      RouteTable table, InetSocketAddress podPort, String authority) {
    return service(table.servicesOf(podPort), authority);
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
