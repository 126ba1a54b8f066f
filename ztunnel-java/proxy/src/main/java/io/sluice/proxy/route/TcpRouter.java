package io.sluice.proxy.route;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.ServicePort;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** What can be said of a connection before or without reading it. */
public final class TcpRouter {
  private TcpRouter() {}

  /**
   * Where an opaque outbound connection goes: the service that was dialled, else the original
   * destination.
   */
  public static RouteDecision.Forward outbound(
      RouteTable table, InetSocketAddress originalDestination) {
    Optional<ServicePort> service = table.serviceAt(originalDestination);
    return service.isPresent()
        ? new RouteDecision.Forward(
            service.get().cluster(), Optional.of(service.get().service()), Optional.empty())
        : new RouteDecision.Forward(
            WellKnownClusters.PASSTHROUGH,
            PodPorts.service(table, originalDestination, ""),
            Optional.empty());
  }

  /** What the dialled service says that it speaks. */
  public static AppProtocol declaredOutbound(
      RouteTable table, InetSocketAddress originalDestination) {
    Optional<ServicePort> service = table.serviceAt(originalDestination);
    return service.isPresent()
        ? service.get().protocol()
        : declaredInbound(table, originalDestination);
  }

  /** What the first service that leads to the pod's port says that it speaks. */
  public static AppProtocol declaredInbound(RouteTable table, InetSocketAddress podPort) {
    List<ServicePort> services = table.servicesOf(podPort);
    return services.isEmpty() ? AppProtocol.UNDECLARED : services.getFirst().protocol();
  }
}
