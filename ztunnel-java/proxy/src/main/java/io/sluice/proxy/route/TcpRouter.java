package io.sluice.proxy.route;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.ServicePort;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What can be said of a connection before or without reading it. */
public final class TcpRouter {
  private TcpRouter() {}

  /**
   * Where an outbound connection goes: by the service that was dialled, by the TLS server name, by
   * the name behind the address, else the original destination.
   *
   * @param random for weights
   */
  public static TcpDecision outbound(
      RouteTable table, ConnectionView connection, RandomGenerator random) {
    Optional<ServicePort> service = table.serviceAt(connection.originalDestination());
    return service.isPresent()
        ? new TcpDecision(
            service.get().cluster(), Optional.of(service.get().service()), Optional.empty())
        : new TcpDecision(
            WellKnownClusters.PASSTHROUGH,
            PodPorts.service(table, connection.originalDestination(), ""),
            Optional.empty());
  }

  /**
   * The hosts of which one may be behind the address: to be resolved before {@link #outbound} where
   * neither the address nor a server name is known. Mostly empty, in order of precedence.
   */
  public static List<String> namedHosts(RouteTable table, ConnectionView connection) {
    return List.of();
  }

  /** The called side: always the app's own port. */
  public static TcpDecision inbound(RouteTable table, InetSocketAddress podPort) {
    return new TcpDecision(
        WellKnownClusters.INBOUND, PodPorts.service(table, podPort, ""), Optional.empty());
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
