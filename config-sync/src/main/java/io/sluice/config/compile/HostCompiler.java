package io.sluice.config.compile;

import io.sluice.config.resource.VirtualServiceResource;
import io.sluice.mesh.http.HostRules;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.service.Cluster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Puts hosts and their rules together: port -> spelling of the host -> rules. */
final class HostCompiler {
  /** Where rules of a host apply that nothing declares; Istio's choice. */
  private static final int DEFAULT_HTTP_PORT = 80;

  private final Catalog catalog;
  private final Clusters clusters;
  private final Report report;

  /** By pattern; patterns and claims in order of precedence. */
  private final Map<String, List<Claim>> claims = new LinkedHashMap<>();

  private final List<String> wildcards;
  private final Map<Integer, Map<String, HostRules>> hostsByPort = new HashMap<>();

  HostCompiler(
      Catalog catalog, Clusters clusters, List<VirtualServiceResource> rules, Report report) {
    this.catalog = catalog;
    this.clusters = clusters;
    this.report = report;
    claims(rules)
        .forEach(
            claim -> claims.computeIfAbsent(claim.pattern(), key -> new ArrayList<>()).add(claim));
    this.wildcards = claims.keySet().stream().filter(HostNames::isWildcard).toList();
  }

  Map<Integer, Map<String, HostRules>> compile() {
    catalog.all().forEach(this::declared);
    claims.keySet().forEach(this::undeclared);
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
    Set<Integer> ports = new TreeSet<>();
    List<KnownHost> covered = new ArrayList<>(catalog.coveredBy(pattern));
    wider.ifPresent(covered::add);
    covered.stream()
        .flatMap(known -> known.ports().values().stream())
        .filter(KnownHost.Port::mayBeHttp)
        .forEach(port -> ports.add(port.number()));
    claims.getOrDefault(pattern, List.of()).stream()
        .flatMap(claim -> claim.rules().rules().stream())
        .flatMap(rule -> rule.matches().stream())
        .forEach(match -> match.port().ifPresent(ports::add));
    if (covered.isEmpty()) {
      ports.add(DEFAULT_HTTP_PORT);
    }
    return ports;
  }

  private List<HostRules.Scope> scopes(String host, int port) {
    List<HostRules.Scope> scopes = new ArrayList<>();
    List<Claim> used = new ArrayList<>();
    for (Claim claim : claimsOf(host)) {
      Optional<Claim> winner = used.stream().filter(claim::isShadowedBy).findFirst();
      winner.ifPresent(first -> reportShadow(claim, first));
      if (winner.isEmpty() && addScopes(claim, host, port, scopes)) {
        used.add(claim);
      }
    }
    return scopes;
  }

  private List<Claim> claimsOf(String host) {
    List<Claim> found = new ArrayList<>(claims.getOrDefault(host, List.of()));
    for (String wildcard : wildcards) {
      if (!wildcard.equals(host) && HostNames.covers(wildcard, host)) {
        found.addAll(claims.getOrDefault(wildcard, List.of()));
      }
    }
    return found;
  }

  /**
   * One scope for all callers, and before it one for each namespace whose DestinationRules change
   * where its calls go.
   */
  private boolean addScopes(Claim claim, String host, int port, List<HostRules.Scope> scopes) {
    String home = claim.rules().header().namespace();
    Set<String> clients = clientNamespaces(claim.rules());
    if (!claim.namespaces().isEmpty()) {
      clients.retainAll(claim.namespaces());
    }
    // What is wrong is told as the callers next to the rule see it.
    Report general = clients.contains(home) ? new Report() : report;
    List<HttpRoute> routes = routes(claim, host, port, Optional.empty(), general);
    if (routes.isEmpty()) {
      return false;
    }
    for (String client : clients) {
      Report own = client.equals(home) ? report : new Report();
      List<HttpRoute> theirs = routes(claim, host, port, Optional.of(client), own);
      if (!theirs.equals(routes)) {
        scopes.add(new HostRules.Scope(Set.of(client), theirs));
      }
    }
    scopes.add(new HostRules.Scope(claim.namespaces(), routes));
    return true;
  }

  private Set<String> clientNamespaces(VirtualServiceResource rules) {
    Set<String> clients = new TreeSet<>();
    rules.rules().stream()
        .flatMap(rule -> rule.destinations().stream())
        .map(to -> HostNames.resolve(to.host(), rules.header().namespace()))
        .distinct()
        .flatMap(name -> catalog.find(name).stream())
        .forEach(known -> clients.addAll(clusters.clientNamespaces(known)));
    return clients;
  }

  private List<HttpRoute> routes(
      Claim claim, String host, int port, Optional<String> client, Report told) {
    return new RuleCompiler(catalog, clusters, told, client).routes(claim.rules(), host, port);
  }

  /**
   * Callers whose namespace has a DestinationRule for the host get its cluster without a
   * VirtualService, too.
   */
  private List<HostRules.Scope> withDefaults(
      KnownHost known, KnownHost.Port port, List<HostRules.Scope> scopes) {
    List<HostRules.Scope> all = new ArrayList<>(scopes);
    Cluster general = clusters.own(Optional.empty(), known, port);
    for (String client : clusters.clientNamespaces(known)) {
      Cluster own = clusters.own(Optional.of(client), known, port);
      if (!own.equals(general)) {
        HttpRoute route =
            new HttpRoute(
                "default",
                known.header().ref(),
                List.of(),
                HttpAction.Forward.to(own),
                Optional.empty(),
                Optional.empty());
        all.add(new HostRules.Scope(Set.of(client), List.of(route)));
      }
    }
    return all;
  }

  private void reportShadow(Claim claim, Claim first) {
    report.warn(
        claim.rules().header(),
        "spec.hosts",
        claim.pattern(),
        "one VirtualService for a host: "
            + first.rules().header().ref()
            + " is older or comes first by name and is used; merge the two");
  }

  private void put(int port, String spelling, HostRules rules) {
    hostsByPort.computeIfAbsent(port, key -> new HashMap<>()).putIfAbsent(spelling, rules);
  }

  /** In order of precedence: the narrowest host, then rules for few namespaces, then the oldest. */
  private static List<Claim> claims(List<VirtualServiceResource> all) {
    List<Claim> claims = new ArrayList<>();
    for (VirtualServiceResource rules : all) {
      Optional<Set<String>> namespaces = namespaces(rules);
      if (rules.mesh() && namespaces.isPresent()) {
        new LinkedHashSet<>(rules.hosts())
            .forEach(host -> claims.add(claim(rules, host, namespaces.get())));
      }
    }
    // Stable: within a rank the order of the resources, which is that of precedence, stays.
    claims.sort(
        Comparator.comparingInt((Claim claim) -> -HostNames.narrowness(claim.pattern()))
            .thenComparing(claim -> claim.namespaces().isEmpty()));
    return claims;
  }

  private static Claim claim(VirtualServiceResource rules, String host, Set<String> namespaces) {
    return new Claim(HostNames.resolve(host, rules.header().namespace()), namespaces, rules);
  }

  /** exportTo as namespaces: an empty set is all of them, an empty Optional is none. */
  private static Optional<Set<String>> namespaces(VirtualServiceResource rules) {
    if (rules.exportTo().isEmpty() || rules.exportTo().contains("*")) {
      return Optional.of(Set.of());
    }
    Set<String> named = new TreeSet<>(rules.exportTo());
    if (named.remove(".")) {
      named.add(rules.header().namespace());
    }
    named.remove("~");
    return named.isEmpty() ? Optional.empty() : Optional.of(named);
  }

  /** One VirtualService's claim to one host. */
  private record Claim(String pattern, Set<String> namespaces, VirtualServiceResource rules) {
    boolean isShadowedBy(Claim other) {
      return other.pattern.equals(pattern)
          && (other.namespaces.isEmpty()
              || (!namespaces.isEmpty() && other.namespaces.containsAll(namespaces)));
    }
  }
}
