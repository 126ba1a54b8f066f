package io.sluice.config.compile;

import io.sluice.config.resource.VirtualServiceResource;
import io.sluice.config.resource.VirtualServiceResource.Destination;
import io.sluice.mesh.http.HostRules;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.service.Cluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Puts hosts and their HTTP rules together: port -> spelling of the host -> rules. */
final class HostCompiler {
  /** Where rules of a host apply that nothing declares; Istio's choice. */
  private static final int DEFAULT_HTTP_PORT = 80;

  private final Catalog catalog;
  private final Clusters clusters;
  private final Claims claims;
  private final Map<Integer, Map<String, HostRules>> hostsByPort = new HashMap<>();

  HostCompiler(Catalog catalog, Clusters clusters, Claims claims) {
    this.catalog = catalog;
    this.clusters = clusters;
    this.claims = claims;
  }

  Map<Integer, Map<String, HostRules>> compile() {
    catalog.all().forEach(this::declared);
    claims.patterns().forEach(this::undeclared);
    return hostsByPort;
  }

  private void declared(KnownHost known) {
    for (KnownHost.Port port : known.ports().values()) {
      if (port.mayBeHttp()) {
        HostRules rules =
            new HostRules(
                known.host(),
                withDefaults(known, port, scopes(known.host(), port.number())),
                Optional.of(clusters.servicePort(known, port)));
        known.spellings().forEach(spelling -> put(port.number(), spelling, rules));
      }
    }
  }

  /**
   * A rule's host for which nothing, or only a wildcard, is declared; or a wildcard over declared
   * ones.
   */
  private void undeclared(String pattern) {
    if (catalog.find(pattern).isPresent()) {
      return;
    }
    Optional<KnownHost> wider = catalog.covering(pattern);
    for (int number : portsOf(pattern, wider)) {
      List<HostRules.Scope> scopes = scopes(pattern, number);
      Optional<KnownHost.Port> port =
          wider.map(known -> known.ports().get(number)).filter(KnownHost.Port::mayBeHttp);
      if (!scopes.isEmpty()) {
        put(
            number,
            pattern,
            new HostRules(
                pattern,
                scopes,
                port.map(found -> clusters.servicePort(wider.orElseThrow(), found))));
      }
    }
  }

  private Set<Integer> portsOf(String pattern, Optional<KnownHost> wider) {
    return claims.portsOf(
        pattern,
        wider,
        KnownHost.Port::mayBeHttp,
        resource ->
            resource.rules().stream()
                .flatMap(rule -> rule.matches().stream())
                .flatMap(match -> match.port().stream().boxed()),
        DEFAULT_HTTP_PORT);
  }

  private List<HostRules.Scope> scopes(String host, int port) {
    return claims.scopes(host, new Requests(host, port)).stream()
        .map(scoped -> new HostRules.Scope(scoped.namespaces(), scoped.rules()))
        .toList();
  }

  /** The rules of {@code spec.http}. */
  private final class Requests implements Claims.Kind<List<HttpRoute>> {
    private final String host;
    private final int port;

    Requests(String host, int port) {
      this.host = host;
      this.port = port;
    }

    @Override
    public boolean concerns(VirtualServiceResource rules) {
      return !rules.rules().isEmpty();
    }

    @Override
    public Stream<Destination> destinations(VirtualServiceResource rules) {
      return rules.rules().stream().flatMap(rule -> rule.destinations().stream());
    }

    @Override
    public Optional<List<HttpRoute>> compile(
        VirtualServiceResource rules, Optional<String> client, Report told) {
      return Optional.of(
              new RuleCompiler(catalog, clusters, told, client).routes(rules, host, port))
          .filter(routes -> !routes.isEmpty());
    }
  }

  /**
   * Callers whose namespace has a DestinationRule for the host get its cluster without a
   * VirtualService, too.
   */
  private List<HostRules.Scope> withDefaults(
      KnownHost known, KnownHost.Port port, List<HostRules.Scope> scopes) {
    List<HostRules.Scope> all = new ArrayList<>(scopes);
    clusters
        .ownByClient(known, port)
        .forEach((client, own) ->
            all.add(new HostRules.Scope(Set.of(client), List.of(defaultRoute(known, own)))));
    return all;
  }

  private static HttpRoute defaultRoute(KnownHost known, Cluster own) {
    return new HttpRoute(
        "default",
        known.header().ref(),
        List.of(),
        HttpAction.Forward.to(own),
        Optional.empty(),
        Optional.empty());
  }

  private void put(int port, String spelling, HostRules rules) {
    hostsByPort.computeIfAbsent(port, key -> new HashMap<>()).putIfAbsent(spelling, rules);
  }
}
