package io.sluice.config.compile;

import io.sluice.config.resource.VirtualServiceResource;
import io.sluice.config.resource.VirtualServiceResource.Destination;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which VirtualService binds whom on a host: precedence, exportTo, and the callers whose
 * DestinationRules change where a rule leads. The same for HTTP and for what is not HTTP, each with
 * rules of its own kind.
 */
final class Claims {
  private final Catalog catalog;
  private final Clusters clusters;
  private final Report report;

  /** By pattern; patterns and claims in order of precedence. */
  private final Map<String, List<Claim>> byPattern = new LinkedHashMap<>();

  private final List<String> wildcards;

  Claims(Catalog catalog, Clusters clusters, List<VirtualServiceResource> rules, Report report) {
    this.catalog = catalog;
    this.clusters = clusters;
    this.report = report;
    claims(rules)
        .forEach(claim ->
            byPattern.computeIfAbsent(claim.pattern(), key -> new ArrayList<>()).add(claim));
    this.wildcards = byPattern.keySet().stream().filter(HostNames::isWildcard).toList();
  }

  /** Rules of one kind, as they are for one host on one port. */
  interface Kind<R> {
    /** Whether a VirtualService has rules of this kind. */
    boolean concerns(VirtualServiceResource rules);

    /** Where the rules of this kind lead. */
    Stream<Destination> destinations(VirtualServiceResource rules);

    /**
     * What applies there; empty when nothing can.
     *
     * @param client namespace of the callers; empty: any without DestinationRules for foreign hosts
     * @param told takes what is wrong
     */
    Optional<R> compile(VirtualServiceResource rules, Optional<String> client, Report told);
  }

  /**
   * Rules with those whom they bind.
   *
   * @param namespaces empty: all
   */
  record Scoped<R>(Set<String> namespaces, R rules) {}

  /** Hosts and wildcards as VirtualServices name them, resolved. */
  Set<String> patterns() {
    return byPattern.keySet();
  }

  /** What binds whom on a host, in order of precedence. What is shadowed is reported. */
  <R> List<Scoped<R>> scopes(String host, Kind<R> kind) {
    List<Scoped<R>> scopes = new ArrayList<>();
    List<Claim> used = new ArrayList<>();
    for (Claim claim : claimsOf(host)) {
      if (!kind.concerns(claim.rules())) {
        continue;
      }
      Optional<Claim> winner = used.stream().filter(claim::isShadowedBy).findFirst();
      if (winner.isPresent()) {
        reportShadow(claim, winner.get());
      } else if (addScopes(claim, kind, scopes)) {
        used.add(claim);
      }
    }
    return scopes;
  }

  /**
   * The ports on which the rules of a host are looked up that nothing, or only a wildcard,
   * declares.
   *
   * @param wider the declared wildcard that covers the host
   * @param carries which ports the rules may apply to
   * @param named the ports that the matches of rules name
   * @param fallback where nothing is declared at all
   */
  Set<Integer> portsOf(
      String pattern,
      Optional<KnownHost> wider,
      Predicate<KnownHost.Port> carries,
      Function<VirtualServiceResource, Stream<Integer>> named,
      int fallback) {
    Set<Integer> ports = new TreeSet<>();
    List<KnownHost> covered = new ArrayList<>(catalog.coveredBy(pattern));
    wider.ifPresent(covered::add);
    covered.stream()
        .flatMap(known -> known.ports().values().stream())
        .filter(carries)
        .forEach(port -> ports.add(port.number()));
    byPattern.getOrDefault(pattern, List.of()).stream()
        .flatMap(claim -> named.apply(claim.rules()))
        .forEach(ports::add);
    if (covered.isEmpty()) {
      ports.add(fallback);
    }
    return ports;
  }

  private List<Claim> claimsOf(String host) {
    List<Claim> found = new ArrayList<>(byPattern.getOrDefault(host, List.of()));
    for (String wildcard : wildcards) {
      if (!wildcard.equals(host) && HostNames.covers(wildcard, host)) {
        found.addAll(byPattern.getOrDefault(wildcard, List.of()));
      }
    }
    return found;
  }

  /**
   * One scope for all callers, and before it one for each namespace whose DestinationRules change
   * where its calls go.
   */
  private <R> boolean addScopes(Claim claim, Kind<R> kind, List<Scoped<R>> scopes) {
    String home = claim.rules().header().namespace();
    Set<String> clients = clientNamespaces(claim.rules(), kind);
    if (!claim.namespaces().isEmpty()) {
      clients.retainAll(claim.namespaces());
    }
    // What is wrong is told as the callers next to the rule see it.
    Report general = clients.contains(home) ? new Report() : report;
    Optional<R> rules = kind.compile(claim.rules(), Optional.empty(), general);
    if (rules.isEmpty()) {
      return false;
    }
    for (String client : clients) {
      Report own = client.equals(home) ? report : new Report();
      kind.compile(claim.rules(), Optional.of(client), own)
          .filter(theirs -> !theirs.equals(rules.get()))
          .ifPresent(theirs -> scopes.add(new Scoped<>(Set.of(client), theirs)));
    }
    scopes.add(new Scoped<>(claim.namespaces(), rules.get()));
    return true;
  }

  private Set<String> clientNamespaces(VirtualServiceResource rules, Kind<?> kind) {
    Set<String> clients = new TreeSet<>();
    kind.destinations(rules)
        .map(to -> HostNames.resolve(to.host(), rules.header().namespace()))
        .distinct()
        .flatMap(name -> catalog.find(name).stream())
        .forEach(known -> clients.addAll(clusters.clientNamespaces(known)));
    return clients;
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
