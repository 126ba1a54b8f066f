package io.sluice.proxy.route;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.http.HostRules;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The caller's side, where VirtualServices apply: the Host header chooses among the hosts of the
 * original destination's port; a Host that is not known there goes where the app dialled.
 */
public final class OutboundRouter {
  private OutboundRouter() {}

  /**
   * @param table in force; read once per request
   * @param random for weights
   */
  public static RouteDecision route(RouteTable table, RequestView request, RandomGenerator random) {
    String host = HostName.of(request.authority());
    int port = request.originalDestination().getPort();
    Optional<ServicePort> dialled = table.serviceAt(request.originalDestination());
    Optional<HostRules> named = table.host(request.clientNamespace(), port, host);
    Optional<HostRules> rules =
        named.isPresent()
            ? named
            : dialled.flatMap(
                service -> table.host(request.clientNamespace(), port, service.service().host()));
    Optional<ServicePort> service = rules.flatMap(HostRules::service).or(() -> dialled);
    Optional<List<HttpRoute>> routes =
        rules.flatMap(found -> found.routesFor(request.clientNamespace()));
    if (routes.isEmpty()) {
      return withoutRules(table, request, service);
    }
    Optional<ServiceId> called = service.map(ServicePort::service);
    Optional<HttpRoute> first = firstMatch(routes.get(), request);
    if (first.isPresent()) {
      return act(first.get(), called, random);
    }
    // Rules that are all for other callers are no rules to this one.
    return routes.get().stream().anyMatch(route -> Matching.isMeantForCaller(route, request))
        ? new RouteDecision.NoRoute(host, called)
        : withoutRules(table, request, service);
  }

  private static Optional<HttpRoute> firstMatch(List<HttpRoute> routes, RequestView request) {
    for (HttpRoute route : routes) {
      if (Matching.matches(route, request)) {
        return Optional.of(route);
      }
    }
    return Optional.empty();
  }

  private static RouteDecision act(
      HttpRoute route, Optional<ServiceId> service, RandomGenerator random) {
    return switch (route.action()) {
      case HttpAction.Forward forward -> {
        Cluster cluster = forward.split().pick(random);
        yield new RouteDecision.Forward(
            cluster, Optional.of(cluster.service()), Optional.of(route));
      }
      case HttpAction.Respond respond ->
          new RouteDecision.Respond(respond.status(), respond.body(), service, Optional.of(route));
    };
  }

  private static RouteDecision withoutRules(
      RouteTable table, RequestView request, Optional<ServicePort> service) {
    return service.isPresent()
        ? new RouteDecision.Forward(
            service.get().cluster(), Optional.of(service.get().service()), Optional.empty())
        : new RouteDecision.Forward(
            WellKnownClusters.PASSTHROUGH,
            PodPorts.service(table, request.originalDestination(), request.authority()),
            Optional.empty());
  }
}
