package io.sluice.mesh.tcp;

import io.sluice.mesh.service.ServicePort;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What is done with connections to one host on one port that are not HTTP, for all client
 * namespaces.
 *
 * @param host fully qualified, lower case; {@code *.example.com} for a wildcard
 * @param scopes in order of precedence; the first one whose scope holds the client's namespace is
 *     used
 * @param service the port's own service, whose cluster takes what no route matches; absent for a
 *     rule's host that no service or ServiceEntry declares
 * @param named found by the addresses that DNS gives for the host, and not by addresses of its own:
 *     a ServiceEntry without {@code addresses} whose host is no wildcard
 */
public record TcpRules(
    String host, List<Scope> scopes, Optional<ServicePort> service, boolean named) {
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
    scopes = List.copyOf(scopes);
    Objects.requireNonNull(service, "service");
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
}
