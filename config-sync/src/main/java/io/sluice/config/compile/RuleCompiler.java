package io.sluice.config.compile;

import io.sluice.config.resource.VirtualServiceResource;
import io.sluice.config.resource.VirtualServiceResource.Destination;
import io.sluice.config.resource.VirtualServiceResource.Rule;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.TrafficSplit;
import io.sluice.mesh.service.TrafficSplit.Weighted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compiles the rules of one VirtualService for one host and one listening port. */
final class RuleCompiler {
  /** What Istio answers when a route names a cluster that does not exist. */
  private static final int NO_CLUSTER_STATUS = 503;

  private static final int HTTPS_PORT = 443;

  private final Report report;
  private final Targets targets;

  /**
   * @param report what is wrong for these callers
   * @param client namespace of the callers; empty: any without DestinationRules for foreign hosts
   */
  RuleCompiler(Catalog catalog, Clusters clusters, Report report, Optional<String> client) {
    this.report = report;
    this.targets = new Targets(catalog, clusters, report, client, "requests get 503 now");
  }

  /**
   * The routes that can apply on the port; empty when none can: then the host's own cluster stays
   * in force there.
   */
  List<HttpRoute> routes(VirtualServiceResource rules, String host, int port) {
    List<HttpRoute> routes = new ArrayList<>();
    for (Rule rule : rules.rules()) {
      List<HttpMatch> matches = onPort(rule.matches(), port);
      boolean never = rule.never() || (matches.isEmpty() && !rule.matches().isEmpty());
      if (!never) {
        routes.add(
            new HttpRoute(
                rule.name().orElse("http[" + rule.index() + "]"),
                rules.header().ref(),
                matches,
                action(rules, rule, host, port),
                rule.timeout(),
                rule.abort()));
      }
    }
    return routes;
  }

  private static List<HttpMatch> onPort(List<HttpMatch> matches, int port) {
    return matches.stream()
        .filter(match -> match.port().isEmpty() || match.port().getAsInt() == port)
        .toList();
  }

  private HttpAction action(VirtualServiceResource rules, Rule rule, String host, int port) {
    if (rule.otherwise().isPresent()) {
      return new HttpAction.Respond(
          NO_CLUSTER_STATUS, rules.header().ref() + ": " + rule.otherwise().get());
    }
    List<Weighted> clusters = new ArrayList<>();
    String missing = "";
    for (int index = 0; index < rule.destinations().size(); index++) {
      Destination destination = rule.destinations().get(index);
      String field = "spec.http[" + rule.index() + "].route[" + index + "].destination";
      Targets.Target target = targets.find(rules, destination, field, host, port);
      target.port().ifPresent(to -> warnIfPlain(rules, field, port, to, target.cluster()));
      missing = target.missing();
      clusters.add(new Weighted(target.cluster(), destination.weight()));
    }
    return clusters.size() == 1 && !missing.isEmpty()
        ? new HttpAction.Respond(NO_CLUSTER_STATUS, missing)
        : new HttpAction.Forward(new TrafficSplit(clusters));
  }

  private void warnIfPlain(
      VirtualServiceResource rules,
      String field,
      int dialled,
      KnownHost.Port target,
      Cluster cluster) {
    boolean expectsTls = target.protocol() == AppProtocol.TLS || target.number() == HTTPS_PORT;
    if (expectsTls && target.number() != dialled && cluster.tls().isEmpty()) {
      report.warn(
          rules.header(),
          field + ".port.number",
          Integer.toString(target.number()),
          "TLS origination: without it plain HTTP goes to a TLS port. Add a DestinationRule for host "
              + cluster.service().host()
              + " in namespace "
              + cluster.service().namespace()
              + " with trafficPolicy.tls.mode: SIMPLE");
    }
  }
}
