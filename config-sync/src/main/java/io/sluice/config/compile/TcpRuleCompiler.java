package io.sluice.config.compile;

import io.sluice.config.resource.VirtualServiceResource;
import io.sluice.config.resource.VirtualServiceResource.Destination;
import io.sluice.config.resource.VirtualServiceResource.TcpRule;
import io.sluice.mesh.service.TrafficSplit;
import io.sluice.mesh.service.TrafficSplit.Weighted;
import io.sluice.mesh.tcp.TcpMatch;
import io.sluice.mesh.tcp.TcpRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compiles {@code tls} and {@code tcp} of one VirtualService for one host and one port. */
final class TcpRuleCompiler {
  private final Targets targets;

  /**
   * @param report what is wrong for these callers
   * @param client namespace of the callers; empty: any without DestinationRules for foreign hosts
   */
  TcpRuleCompiler(Catalog catalog, Clusters clusters, Report report, Optional<String> client) {
    this.targets = new Targets(catalog, clusters, report, client, "such connections are reset now");
  }

  /** Of one host on one port. */
  record Routes(List<TcpRoute> tls, List<TcpRoute> tcp) {}

  /** The routes that can apply on the port; empty when none can. */
  Optional<Routes> routes(VirtualServiceResource rules, String host, int port) {
    List<TcpRoute> tls = routes(rules, "tls", rules.tls(), host, port);
    List<TcpRoute> tcp = routes(rules, "tcp", rules.tcp(), host, port);
    return tls.isEmpty() && tcp.isEmpty() ? Optional.empty() : Optional.of(new Routes(tls, tcp));
  }

  private List<TcpRoute> routes(
      VirtualServiceResource rules, String kind, List<TcpRule> written, String host, int port) {
    List<TcpRoute> routes = new ArrayList<>();
    for (TcpRule rule : written) {
      List<TcpMatch> matches = onPort(rule.matches(), port);
      boolean never = rule.never() || (matches.isEmpty() && !rule.matches().isEmpty());
      if (!never) {
        String name = kind + "[" + rule.index() + "]";
        routes.add(
            new TcpRoute(
                name, rules.header().ref(), matches, split(rules, rule, name, host, port)));
      }
    }
    return routes;
  }

  private static List<TcpMatch> onPort(List<TcpMatch> matches, int port) {
    return matches.stream()
        .filter(match -> match.port().isEmpty() || match.port().getAsInt() == port)
        .toList();
  }

  private TrafficSplit split(
      VirtualServiceResource rules, TcpRule rule, String name, String host, int port) {
    List<Weighted> clusters = new ArrayList<>();
    for (int index = 0; index < rule.destinations().size(); index++) {
      Destination destination = rule.destinations().get(index);
      String field = "spec." + name + ".route[" + index + "].destination";
      Targets.Target target = targets.find(rules, destination, field, host, port);
      clusters.add(new Weighted(target.cluster(), destination.weight()));
    }
    return new TrafficSplit(clusters);
  }
}
