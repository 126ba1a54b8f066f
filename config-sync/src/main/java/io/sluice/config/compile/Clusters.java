package io.sluice.config.compile;

import io.sluice.config.resource.DestinationRuleResource.Subset;
import io.sluice.config.resource.TrafficPolicy;
import io.sluice.config.resource.TrafficPolicy.Tls;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.service.UpstreamTls;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes clusters; the same one is made once. */
final class Clusters {
  private final DestinationRules rules;
  private final Map<Key, Cluster> made = new HashMap<>();

  Clusters(DestinationRules rules) {
    this.rules = rules;
  }

  /** A port with the cluster that its own callers use when no rule says otherwise. */
  ServicePort servicePort(KnownHost host, KnownHost.Port port) {
    return new ServicePort(
        host.id(),
        port.number(),
        port.protocol(),
        made.computeIfAbsent(
            new Key(new ClusterId(host.host(), port.number(), ""), true),
            key -> make(key.id(), host, port.own(), Map.of(), "")));
  }

  /**
   * The cluster that a rule sends to.
   *
   * @param subset empty for all endpoints
   * @param own whether the callers dialled this very host
   * @return empty when the host has no such subset
   */
  Optional<Cluster> routed(KnownHost host, KnownHost.Port port, String subset, boolean own) {
    if (subset.isEmpty() && own) {
      return Optional.of(servicePort(host, port).cluster());
    }
    Optional<Map<String, String>> labels =
        subset.isEmpty() ? Optional.of(Map.of()) : subset(host, subset).map(Subset::labels);
    return labels.map(wanted ->
        made.computeIfAbsent(
            new Key(new ClusterId(host.host(), port.number(), subset), false),
            key -> make(key.id(), host, port.routed(), wanted, subset)));
  }

  /** Stands for the share of a destination that does not exist: nobody is there, so it gets 503. */
  static Cluster nobody(String host, int port, String subset) {
    return new Cluster(
        new ClusterId(host, port, subset),
        new ServiceId(host, host, "unknown"),
        new Discovery.Listed(List.of()),
        LoadBalancer.LEAST_REQUEST,
        Cluster.DEFAULT_CONNECT_TIMEOUT,
        Optional.empty());
  }

  private Optional<Subset> subset(KnownHost host, String name) {
    return rules.forService(host.id()).map(rule -> rule.subsets().get(name));
  }

  private Cluster make(
      ClusterId id, KnownHost host, Backends backends, Map<String, String> labels, String subset) {
    TrafficPolicy policy = policy(host, id.port(), subset);
    return new Cluster(
        id,
        host.id(),
        backends.select(labels),
        policy.loadBalancer().orElse(LoadBalancer.LEAST_REQUEST),
        policy.connectTimeout().orElse(Cluster.DEFAULT_CONNECT_TIMEOUT),
        policy.tls().flatMap(tls -> tls(tls, host.host())));
  }

  private TrafficPolicy policy(KnownHost host, int port, String subset) {
    return rules
        .forService(host.id())
        .map(rule -> {
          TrafficPolicy general = rule.policy().forPort(port);
          Subset narrow = rule.subsets().get(subset);
          return narrow == null ? general : general.overlay(narrow.policy(), port);
        })
        .orElse(TrafficPolicy.NONE);
  }

  private static Optional<UpstreamTls> tls(Tls tls, String host) {
    return switch (tls) {
      case Tls.Off off -> Optional.empty();
      case Tls.Simple simple ->
          Optional.of(
              new UpstreamTls(
                  // A wildcard names no server: empty leaves it to the proxy, which knows the
                  // request's host.
                  simple.sni().orElse(HostNames.isWildcard(host) ? "" : host),
                  simple.subjectAltNames(),
                  simple.caCertificates(),
                  simple.insecureSkipVerify()));
    };
  }

  /**
   * Callers who dialled a headless service themselves have chosen the pod: theirs is another
   * cluster of the same name.
   */
  private record Key(ClusterId id, boolean own) {}
}
