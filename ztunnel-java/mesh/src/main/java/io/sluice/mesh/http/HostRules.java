package io.sluice.mesh.http;

import io.sluice.mesh.service.ServicePort;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of one host on one port, for all client namespaces.
 *
 * @param host fully qualified, lower case; {@code *.example.com} for a wildcard
 * @param scopes in order of precedence; the first one whose scope holds the client's namespace is
 *     used
 * @param service the port's own service, absent for a rule's host that no service or ServiceEntry
 *     declares
 */
public record HostRules(String host, List<Scope> scopes, Optional<ServicePort> service) {
  /**
   * Rules with the namespaces that see them (exportTo).
   *
   * @param namespaces empty: all
   * @param routes in the order written; none matching: 404, flag NR
   */
  public record Scope(Set<String> namespaces, List<HttpRoute> routes) {
    public Scope {
      namespaces = Set.copyOf(namespaces);
      routes = List.copyOf(routes);
    }

    public boolean covers(String clientNamespace) {
      return namespaces.isEmpty() || namespaces.contains(clientNamespace);
    }
  }

  public HostRules {
    Objects.requireNonNull(host, "host");
    scopes = List.copyOf(scopes);
    Objects.requireNonNull(service, "service");
  }

  /**
   * The routes that a client of that namespace is bound by; empty when the host has no rules for
   * it.
   */
  public Optional<List<HttpRoute>> routesFor(String clientNamespace) {
    for (Scope scope : scopes) {
      if (scope.covers(clientNamespace)) {
        return Optional.of(scope.routes());
      }
    }
    return Optional.empty();
  }
}
