package io.sluice.config.compile;

import io.sluice.config.resource.DestinationRuleResource.Subset;
import io.sluice.config.resource.TrafficPolicy;
import io.sluice.config.resource.TrafficPolicy.TcpPool;
import io.sluice.config.resource.TrafficPolicy.Tls;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.mesh.service.UpstreamTls;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

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
        host.id(), port.number(), port.protocol(), own(Optional.empty(), host, port));
  }

  /**
   * The cluster of those who dialled this very host.
   *
   * @param client namespace of the callers; empty: any without DestinationRules for foreign hosts
   */
  Cluster own(Optional<String> client, KnownHost host, KnownHost.Port port) {
    return made.computeIfAbsent(
        new Key(new ClusterId(host.host(), port.number(), ""), true, client),
        key -> make(key, host, port.own(), Map.of()));
  }

  /**
   * The cluster that a rule sends to.
   *
   * @param subset empty for all endpoints
   * @param own whether the callers dialled this very host
   * @return empty when the host has no such subset
   */
  Optional<Cluster> routed(
      Optional<String> client, KnownHost host, KnownHost.Port port, String subset, boolean own) {
    if (subset.isEmpty() && own) {
      return Optional.of(own(client, host, port));
    }
    Optional<Map<String, String>> labels =
        subset.isEmpty()
            ? Optional.of(Map.of())
            : rules
                .forService(client, host.id())
                .map(rule -> rule.subsets().get(subset))
                .map(Subset::labels);
    return labels.map(wanted ->
        made.computeIfAbsent(
            new Key(new ClusterId(host.host(), port.number(), subset), false, client),
            key -> make(key, host, port.routed(), wanted)));
  }

  /** What callers get whose namespace has a DestinationRule that makes another cluster. */
  Map<String, Cluster> ownByClient(KnownHost host, KnownHost.Port port) {
    Set<String> clients = clientNamespaces(host);
    if (clients.isEmpty()) {
      return Map.of();
    }
    Map<String, Cluster> all = new TreeMap<>();
    Cluster general = own(Optional.empty(), host, port);
    for (String client : clients) {
      Cluster own = own(Optional.of(client), host, port);
      if (!own.equals(general)) {
        all.put(client, own);
      }
    }
    return all;
  }

  /** Namespaces whose callers have a rule of their own for the host. */
  Set<String> clientNamespaces(KnownHost host) {
    return rules.clientNamespaces(host.host());
  }

  /** Stands for the share of a destination that does not exist: nobody is there, so it gets 503. */
  static Cluster nobody(ServiceId service, int port, String subset) {
    return new Cluster(
        new ClusterId(service.host(), port, subset),
        service,
        new Discovery.Listed(List.of()),
        LoadBalancer.LEAST_REQUEST,
        Cluster.DEFAULT_CONNECT_TIMEOUT,
        Optional.empty());
  }

  private Cluster make(Key key, KnownHost host, Backends backends, Map<String, String> labels) {
    TrafficPolicy policy = policy(key, host);
    return new Cluster(
        key.id(),
        host.id(),
        backends.select(labels),
        policy.loadBalancer().orElse(LoadBalancer.LEAST_REQUEST),
        policy.tcp().flatMap(TcpPool::connectTimeout).orElse(Cluster.DEFAULT_CONNECT_TIMEOUT),
        policy.tls().flatMap(tls -> tls(tls, host.host())),
        policy.tcp().map(Clusters::options).orElse(TcpOptions.DEFAULT));
  }

  private static TcpOptions options(TcpPool pool) {
    return new TcpOptions(
        pool.idleTimeout().isPresent()
            ? pool.idleTimeout().filter(timeout -> !timeout.isZero())
            : TcpOptions.DEFAULT.idleTimeout(),
        pool.keepalive());
  }

  private TrafficPolicy policy(Key key, KnownHost host) {
    int port = key.id().port();
    return rules
        .forService(key.client(), host.id())
        .map(rule -> {
          TrafficPolicy general = rule.policy().forPort(port);
          Subset narrow = rule.subsets().get(key.id().subset());
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
   * Several clusters may have the same name: their callers are never the same.
   *
   * @param own callers of a headless service who dialled it themselves have chosen the pod
   */
  private record Key(ClusterId id, boolean own, Optional<String> client) {}
}
