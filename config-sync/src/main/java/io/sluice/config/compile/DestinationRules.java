package io.sluice.config.compile;

import io.sluice.config.resource.DestinationRuleResource;
import io.sluice.config.resource.DestinationRuleResource.Subset;
import io.sluice.config.resource.TrafficPolicy;
import io.sluice.mesh.service.ServiceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the DestinationRule of a host: in the caller's namespace, then in the service's, then in
 * the root namespace; in each the narrowest host. Rules for the same host in one namespace are
 * merged as Istio does: the first traffic policy, all subsets.
 */
final class DestinationRules {
  /** Istio's root namespace. */
  static final String ROOT_NAMESPACE = "istio-system";

  private final Map<String, Map<String, Merged>> byNamespaceAndHost = new LinkedHashMap<>();

  /** Full host, or wildcard, to the namespaces that have a rule for it and are not its own. */
  private final Map<String, Set<String>> exactClients = new HashMap<>();

  private final Map<String, Set<String>> wildcardClients = new HashMap<>();

  DestinationRules(List<DestinationRuleResource> rules, Catalog catalog, Report report) {
    rules.forEach(rule -> add(rule, report));
    rules.forEach(rule -> check(rule, catalog, report));
  }

  /**
   * The rule in force for a host; empty when there is none.
   *
   * @param client namespace of the callers; empty: any that has no rule of its own for the host
   */
  Optional<Merged> forService(Optional<String> client, ServiceId service) {
    return client
        .flatMap(namespace -> narrowest(namespace, service.host()))
        .or(() -> narrowest(service.namespace(), service.host()))
        .or(() -> narrowest(ROOT_NAMESPACE, service.host()));
  }

  /**
   * Namespaces with rules for this host although it is another's: they bind their own callers only.
   */
  Set<String> clientNamespaces(String host) {
    Set<String> found = new TreeSet<>(exactClients.getOrDefault(host, Set.of()));
    wildcardClients.forEach((pattern, namespaces) -> {
      if (HostNames.covers(pattern, host)) {
        found.addAll(namespaces);
      }
    });
    return found;
  }

  private Optional<Merged> narrowest(String namespace, String host) {
    Map<String, Merged> ofNamespace = byNamespaceAndHost.getOrDefault(namespace, Map.of());
    Merged exact = ofNamespace.get(host);
    if (exact != null) {
      return Optional.of(exact);
    }
    return ofNamespace.values().stream()
        .filter(rule -> HostNames.covers(rule.host(), host))
        .max(Comparator.comparingInt(rule -> HostNames.narrowness(rule.host())));
  }

  private void add(DestinationRuleResource rule, Report report) {
    String namespace = rule.header().namespace();
    String host = HostNames.resolve(rule.host(), namespace);
    Map<String, Merged> ofNamespace =
        byNamespaceAndHost.computeIfAbsent(namespace, key -> new LinkedHashMap<>());
    Merged before = ofNamespace.get(host);
    if (before == null) {
      ofNamespace.put(host, new Merged(rule, host, rule.policy(), subsets(Map.of(), rule)));
      return;
    }
    boolean policyTaken = !before.policy().equals(TrafficPolicy.NONE);
    if (policyTaken && !rule.policy().equals(TrafficPolicy.NONE)) {
      report.warn(
          rule.header(),
          "spec.trafficPolicy",
          host,
          "one trafficPolicy for a host in a namespace: that of "
              + before.rule().header().ref()
              + " is used");
    }
    ofNamespace.put(
        host,
        new Merged(
            before.rule(),
            host,
            policyTaken ? before.policy() : rule.policy(),
            subsets(before.subsets(), rule)));
  }

  private static Map<String, Subset> subsets(
      Map<String, Subset> before, DestinationRuleResource rule) {
    Map<String, Subset> all = new LinkedHashMap<>(before);
    rule.subsets().forEach(subset -> all.putIfAbsent(subset.name(), subset));
    return all;
  }

  private void check(DestinationRuleResource rule, Catalog catalog, Report report) {
    String namespace = rule.header().namespace();
    String host = HostNames.resolve(rule.host(), namespace);
    List<KnownHost> covered = new ArrayList<>(catalog.coveredBy(host));
    if (covered.isEmpty()) {
      report.warn(
          rule.header(),
          "spec.host",
          rule.host(),
          "a host that a Service or ServiceEntry declares; it was looked for as " + host);
    }
    boolean foreign = covered.stream().anyMatch(known -> !known.id().namespace().equals(namespace));
    if (foreign && !namespace.equals(ROOT_NAMESPACE)) {
      Map<String, Set<String>> clients =
          HostNames.isWildcard(host) ? wildcardClients : exactClients;
      clients.computeIfAbsent(host, key -> new TreeSet<>()).add(namespace);
    }
    covered.stream()
        .filter(known -> HostNames.isWildcard(known.host()) && lacksServerName(rule.policy()))
        .findFirst()
        .ifPresent(known ->
            report.warn(
                rule.header(),
                "spec.trafficPolicy.tls.sni",
                "",
                "a server name: it can't be taken from the wildcard " + known.host()));
    for (int index = 0; index < rule.subsets().size(); index++) {
      checkPods(rule, index, covered, report);
    }
  }

  private static boolean lacksServerName(TrafficPolicy policy) {
    boolean here =
        policy.tls().orElse(null) instanceof TrafficPolicy.Tls.Simple simple
            && simple.sni().isEmpty();
    return here || policy.ports().values().stream().anyMatch(DestinationRules::lacksServerName);
  }

  private static void checkPods(
      DestinationRuleResource rule, int index, List<KnownHost> covered, Report report) {
    Subset subset = rule.subsets().get(index);
    boolean empty =
        !covered.isEmpty()
            && covered.stream()
                .flatMap(known -> known.ports().values().stream())
                .allMatch(port -> port.routed().hasNone(subset.labels()));
    if (empty) {
      report.warn(
          rule.header(),
          "spec.subsets[" + index + "].labels",
          subset.labels().toString(),
          "labels that at least one ready pod of " + rule.host() + " carries; calls get 503 now");
    }
  }

  /**
   * The rules of one host in one namespace.
   *
   * @param rule the first of them
   * @param host resolved, may be a wildcard
   */
  record Merged(
      DestinationRuleResource rule,
      String host,
      TrafficPolicy policy,
      Map<String, Subset> subsets) {}
}
