package io.sluice.config.compile;

import io.sluice.config.resource.VirtualServiceResource;
import io.sluice.config.resource.VirtualServiceResource.Destination;
import io.sluice.config.resource.VirtualServiceResource.Rule;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServiceId;
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

  private final Catalog catalog;
  private final Clusters clusters;
  private final Report report;
  private final Optional<String> client;

  /**
   * @param report what is wrong for these callers
   * @param client namespace of the callers; empty: any without DestinationRules for foreign hosts
   */
  RuleCompiler(Catalog catalog, Clusters clusters, Report report, Optional<String> client) {
    this.catalog = catalog;
    this.clusters = clusters;
    this.report = report;
    this.client = client;
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
    List<Weighted> targets = new ArrayList<>();
    String missing = "";
    for (int index = 0; index < rule.destinations().size(); index++) {
      Destination destination = rule.destinations().get(index);
      String field = "spec.http[" + rule.index() + "].route[" + index + "].destination";
      Target target = target(rules, destination, field, host, port);
      missing = target.missing();
      targets.add(new Weighted(target.cluster(), destination.weight()));
    }
    return targets.size() == 1 && !missing.isEmpty()
        ? new HttpAction.Respond(NO_CLUSTER_STATUS, missing)
        : new HttpAction.Forward(new TrafficSplit(targets));
  }

  private Target target(
      VirtualServiceResource rules, Destination destination, String field, String host, int port) {
    String name = HostNames.resolve(destination.host(), rules.header().namespace());
    Optional<KnownHost> known = catalog.find(name);
    if (known.isEmpty()) {
      return missing(
          rules,
          nobody(HostNames.serviceOf(name), destination, port),
          field + ".host",
          destination.host(),
          noHost(destination, name));
    }
    int number = portOf(destination, known.get(), port);
    KnownHost.Port target = known.get().ports().get(number);
    if (target == null) {
      return missing(
          rules,
          nobody(known.get().id(), destination, number),
          field + ".port.number",
          Integer.toString(number),
          "a port of "
              + name
              + ": one of "
              + known.get().ports().keySet()
              + "; requests get 503 now");
    }
    Optional<Cluster> cluster =
        clusters.routed(client, known.get(), target, destination.subset(), name.equals(host));
    if (cluster.isEmpty()) {
      return missing(
          rules,
          nobody(known.get().id(), destination, number),
          field + ".subset",
          destination.subset(),
          "a subset that a DestinationRule for "
              + name
              + " in namespace "
              + known.get().id().namespace()
              + " or "
              + DestinationRules.ROOT_NAMESPACE
              + " names; requests get 503 now");
    }
    warnIfPlain(rules, field, port, target, cluster.get());
    return new Target(cluster.get(), "");
  }

  private Target missing(
      VirtualServiceResource rules, Cluster nobody, String field, String value, String expected) {
    report.warn(rules.header(), field, value, expected);
    return new Target(
        nobody, rules.header().ref() + " " + field + ": " + value + " does not exist");
  }

  private static Cluster nobody(ServiceId service, Destination destination, int port) {
    return Clusters.nobody(service, port, destination.subset());
  }

  private static String noHost(Destination destination, String name) {
    String looked =
        name.equals(destination.host())
            ? ""
            : " (a short name is looked for in the rule's own namespace, as " + name + ")";
    return "a host that a Service or ServiceEntry declares" + looked + "; requests get 503 now";
  }

  /** As Istio: the port named, the only port of the service, or the one that the client dialled. */
  private static int portOf(Destination destination, KnownHost known, int dialled) {
    if (destination.port().isPresent()) {
      return destination.port().getAsInt();
    }
    return known.ports().size() == 1 ? known.ports().keySet().iterator().next() : dialled;
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

  /**
   * @param missing what does not exist; empty when all is well
   */
  private record Target(Cluster cluster, String missing) {}
}
