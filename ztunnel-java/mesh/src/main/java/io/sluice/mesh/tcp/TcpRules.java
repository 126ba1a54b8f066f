package io.sluice.mesh.tcp;

import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServicePort;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What is done with connections to one host on one port that are not HTTP, for all client
 * namespaces.
 *
 * @param host fully qualified, lower case; {@code *.example.com} for a wildcard
 * @param declared who says that the host exists
 * @param addresses that clients of the host dial on this port, single ones and blocks; several
 *     hosts may have the same
 * @param scopes in order of precedence; the first one whose scope holds the client's namespace is
 *     used
 * @param service the port's own service, whose cluster takes what no route matches; absent for a
 *     rule's host that no service or ServiceEntry declares
 * @param ownClusters client namespaces whose DestinationRules make another cluster of the service's
 */
public record TcpRules(
    String host,
    Declared declared,
    List<AddressBlock> addresses,
    List<Scope> scopes,
    Optional<ServicePort> service,
    Map<String, Cluster> ownClusters) {
  /** Who says that a host exists. */
  public enum Declared {
    /** A Kubernetes Service: found by the address that was dialled. */
    SERVICE,
    /** A ServiceEntry: found by address, TLS server name, DNS name or subnet. */
    ENTRY,
    /** Only a VirtualService: found by TLS server name. */
    RULE
  }

  /**
   * Routes with the namespaces that see them (exportTo).
   *
   * @param namespaces empty: all
   * @param tls for connections that begin with a TLS ClientHello, in the order written; looked at
   *     first
   * @param tcp for all connections, in the order written
   */
  public record Scope(Set<String> namespaces, List<TcpRoute> tls, List<TcpRoute> tcp) {
    public Scope {
      namespaces = Set.copyOf(namespaces);
      tls = List.copyOf(tls);
      tcp = List.copyOf(tcp);
    }

    public boolean covers(String clientNamespace) {
      return namespaces.isEmpty() || namespaces.contains(clientNamespace);
    }
  }

  public TcpRules {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(declared, "declared");
    addresses = List.copyOf(addresses);
    scopes = List.copyOf(scopes);
    Objects.requireNonNull(service, "service");
    ownClusters = Map.copyOf(ownClusters);
  }

  /** What a client of that namespace is bound by; empty when the host has no routes for it. */
  public Optional<Scope> scopeFor(String clientNamespace) {
    for (Scope scope : scopes) {
      if (scope.covers(clientNamespace)) {
        return Optional.of(scope);
      }
    }
    return Optional.empty();
  }

  /** Where a client of that namespace goes without a route; empty where nothing is declared. */
  public Optional<Cluster> ownCluster(String clientNamespace) {
    Cluster own = ownClusters.get(clientNamespace);
    return own != null ? Optional.of(own) : service.map(ServicePort::cluster);
  }

  /** The prefix of its narrowest block that holds the address; empty when none does. */
  public OptionalInt prefixAt(InetAddress address) {
    return addresses.stream()
        .filter(block -> block.contains(address))
        .mapToInt(AddressBlock::prefixLength)
        .max();
  }

  /**
   * Whether it is found by the addresses that DNS gives for the host: a ServiceEntry without
   * addresses of its own, whose host is no wildcard and whose port is not HTTP.
   */
  public boolean named() {
    return isUnaddressed() && !host.startsWith("*");
  }

  /** Whether it is found by a route's subnets that hold the address that was dialled. */
  public boolean hasSubnets() {
    return isUnaddressed()
        && scopes.stream()
            .flatMap(scope -> scope.tcp().stream())
            .flatMap(route -> route.matches().stream())
            .anyMatch(match -> !match.destinationSubnets().isEmpty());
  }

  /** Whether a TLS server name alone leads here, whatever address was dialled. */
  public boolean isFoundByServerName() {
    return service.isEmpty()
        || switch (service.get().protocol()) {
          case TLS, UNDECLARED -> true;
          case HTTP, HTTP2, GRPC, TCP, UDP -> false;
        };
  }

  private boolean isUnaddressed() {
    return declared == Declared.ENTRY
        && addresses.isEmpty()
        && service.map(ServicePort::protocol).filter(protocol -> isOpaque(protocol)).isPresent();
  }

  private static boolean isOpaque(AppProtocol protocol) {
    return switch (protocol) {
      case UNDECLARED, TLS, TCP -> true;
      case HTTP, HTTP2, GRPC, UDP -> false;
    };
  }
}
