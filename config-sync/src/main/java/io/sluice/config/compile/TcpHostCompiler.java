package io.sluice.config.compile;

import io.sluice.config.resource.VirtualServiceResource;
import io.sluice.config.resource.VirtualServiceResource.Destination;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.tcp.TcpHosts;
import io.sluice.mesh.tcp.TcpRules;
import io.sluice.mesh.tcp.TcpRules.Declared;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Puts hosts and their rules for connections that are not HTTP together: port -> spelling of the
 * host -> rules. Every declared host is there, so that a server name or a DNS name finds it.
 */
final class TcpHostCompiler {
  /** Where tls rules of a host apply that nothing declares. */
  private static final int DEFAULT_TLS_PORT = 443;

  private static final String SERVICE = "Service";

  private final Catalog catalog;
  private final Clusters clusters;
  private final Claims claims;
  private final Map<Integer, Map<String, TcpRules>> hostsByPort = new HashMap<>();

  TcpHostCompiler(Catalog catalog, Clusters clusters, Claims claims) {
    this.catalog = catalog;
    this.clusters = clusters;
    this.claims = claims;
  }

  Map<Integer, TcpHosts> compile() {
    catalog.all().forEach(this::declared);
    claims.patterns().forEach(this::undeclared);
    Map<Integer, TcpHosts> compiled = HashMap.newHashMap(hostsByPort.size());
    hostsByPort.forEach((port, hosts) -> compiled.put(port, TcpHosts.of(hosts)));
    return compiled;
  }

  private void declared(KnownHost known) {
    for (KnownHost.Port port : known.ports().values()) {
      if (port.protocol() != AppProtocol.UDP) {
        TcpRules rules =
            new TcpRules(
                known.host(),
                known.header().ref().kind().equals(SERVICE) ? Declared.SERVICE : Declared.ENTRY,
                known.addresses(),
                port.mayBeOpaque() ? scopes(known.host(), port.number()) : List.of(),
                Optional.of(clusters.servicePort(known, port)),
                clusters.ownByClient(known, port));
        known.spellings().forEach(spelling -> put(port.number(), spelling, rules));
      }
    }
  }

  /** A rule's host for which nothing, or only a wildcard, is declared; found by server name. */
  private void undeclared(String pattern) {
    if (catalog.find(pattern).isPresent()) {
      return;
    }
    Optional<KnownHost> wider = catalog.covering(pattern);
    for (int number :
        claims.portsOf(
            pattern,
            wider,
            KnownHost.Port::mayBeOpaque,
            TcpHostCompiler::namedPorts,
            DEFAULT_TLS_PORT)) {
      List<TcpRules.Scope> scopes = scopes(pattern, number);
      Optional<KnownHost.Port> port =
          wider.map(known -> known.ports().get(number)).filter(KnownHost.Port::mayBeOpaque);
      if (!scopes.isEmpty()) {
        put(
            number,
            pattern,
            new TcpRules(
                pattern,
                Declared.RULE,
                wider.map(KnownHost::addresses).orElse(List.of()),
                scopes,
                port.map(found -> clusters.servicePort(wider.orElseThrow(), found)),
                port.map(found -> clusters.ownByClient(wider.orElseThrow(), found))
                    .orElse(Map.of())));
      }
    }
  }

  private static Stream<Integer> namedPorts(VirtualServiceResource rules) {
    return Stream.concat(rules.tls().stream(), rules.tcp().stream())
        .flatMap(rule -> rule.matches().stream())
        .flatMap(match -> match.port().stream().boxed());
  }

  private List<TcpRules.Scope> scopes(String host, int port) {
    return claims.scopes(host, new Connections(host, port)).stream()
        .map(scoped ->
            new TcpRules.Scope(scoped.namespaces(), scoped.rules().tls(), scoped.rules().tcp()))
        .toList();
  }

  /** The rules of {@code spec.tls} and {@code spec.tcp}. */
  private final class Connections implements Claims.Kind<TcpRuleCompiler.Routes> {
    private final String host;
    private final int port;

    Connections(String host, int port) {
      this.host = host;
      this.port = port;
    }

    @Override
    public boolean concerns(VirtualServiceResource rules) {
      return rules.hasTcpRules();
    }

    @Override
    public Stream<Destination> destinations(VirtualServiceResource rules) {
      return Stream.concat(rules.tls().stream(), rules.tcp().stream())
          .flatMap(rule -> rule.destinations().stream());
    }

    @Override
    public Optional<TcpRuleCompiler.Routes> compile(
        VirtualServiceResource rules, Optional<String> client, Report told) {
      return new TcpRuleCompiler(catalog, clusters, told, client).routes(rules, host, port);
    }
  }

  private void put(int port, String spelling, TcpRules rules) {
    hostsByPort.computeIfAbsent(port, key -> new LinkedHashMap<>()).putIfAbsent(spelling, rules);
  }
}
