package io.sluice.proxy.route;

import io.sluice.mesh.problem.ResourceRef;
import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.service.TrafficSplit;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.mesh.tcp.TcpMatch;
import io.sluice.mesh.tcp.TcpRoute;
import io.sluice.mesh.tcp.TcpRules;
import io.sluice.mesh.tcp.TcpRules.Declared;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Rules of hosts on one port, each cluster called as its host or route. */
final class TcpExamples {
  static final int PORT = 443;

  private TcpExamples() {}

  static TcpRules rules(
      String host,
      Declared declared,
      AppProtocol protocol,
      List<AddressBlock> addresses,
      TcpRules.Scope... scopes) {
    return new TcpRules(
        host, declared, addresses, List.of(scopes), Optional.of(port(host, protocol)), Map.of());
  }

  static TcpRules.Scope scope(List<TcpRoute> tls, List<TcpRoute> tcp) {
    return new TcpRules.Scope(Set.of(), tls, tcp);
  }

  static TcpRules.Scope tcp(TcpMatch match) {
    return scope(List.of(), List.of(route("tcp", match)));
  }

  static TcpRoute route(String name, TcpMatch... matches) {
    return new TcpRoute(name, origin(), List.of(matches), TrafficSplit.to(cluster(name)));
  }

  static TcpRoute route(String name, TcpMatch match, String namespace) {
    return route(
        name,
        new TcpMatch(
            match.sniHosts(),
            match.destinationSubnets(),
            match.port(),
            match.sourceLabels(),
            Optional.of(namespace)));
  }

  static ResourceRef origin() {
    return new ResourceRef("VirtualService", "shop", "v");
  }

  static TcpMatch sni(String... names) {
    return new TcpMatch(List.of(names), List.of(), OptionalInt.empty(), Map.of(), Optional.empty());
  }

  static TcpMatch port(int port) {
    return new TcpMatch(List.of(), List.of(), OptionalInt.of(port), Map.of(), Optional.empty());
  }

  static TcpMatch source(String label, String value) {
    return new TcpMatch(
        List.of(), List.of(), OptionalInt.empty(), Map.of(label, value), Optional.empty());
  }

  static TcpMatch subnet(String network, int prefixLength) {
    return new TcpMatch(
        List.of(),
        List.of(block(network, prefixLength)),
        OptionalInt.empty(),
        Map.of(),
        Optional.empty());
  }

  static ServicePort port(String host, AppProtocol protocol) {
    Cluster cluster = cluster(host);
    return new ServicePort(cluster.service(), PORT, protocol, cluster);
  }

  static Cluster cluster(String host) {
    return cluster(host, Optional.empty());
  }

  static Cluster withTls(String host) {
    return cluster(host, Optional.of(new UpstreamTls(host, List.of(), Optional.empty(), false)));
  }

  static Cluster cluster(String host, Optional<UpstreamTls> tls) {
    String name = host.replace(".shop.svc.cluster.local", "");
    return new Cluster(
        new ClusterId(host, PORT, ""),
        new ServiceId(host, name, "shop"),
        new Discovery.OriginalDestination(),
        LoadBalancer.RANDOM,
        Cluster.DEFAULT_CONNECT_TIMEOUT,
        tls);
  }

  static AddressBlock block(String network, int prefixLength) {
    return new AddressBlock(address(network), prefixLength);
  }

  static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
