package io.sluice.proxy.route;

import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.tcp.TcpMatch;
import io.sluice.mesh.tcp.TcpRoute;
import io.sluice.mesh.tcp.TcpRules;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Which route of a host a connection takes. Istio's L4MatchAttributes and TLSMatchAttributes: AND
 * within one match, OR between matches.
 */
final class TcpMatching {
  private TcpMatching() {}

  /** The first of {@code tls} that matches if there is a server name, else the first of tcp. */
  static Optional<TcpRoute> first(TcpRules.Scope scope, ConnectionView connection, int port) {
    if (connection.sni().isPresent()) {
      Optional<TcpRoute> tls = first(scope.tls(), connection, port);
      if (tls.isPresent()) {
        return tls;
      }
    }
    return first(scope.tcp(), connection, port);
  }

  /** The first of {@code tcp} with subnets that hold the address that was dialled. */
  static Optional<TcpRoute> firstBySubnet(
      TcpRules.Scope scope, ConnectionView connection, int port) {
    for (TcpRoute route : scope.tcp()) {
      for (TcpMatch match : route.matches()) {
        if (!match.destinationSubnets().isEmpty() && matches(match, connection, port)) {
          return Optional.of(route);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<TcpRoute> first(
      List<TcpRoute> routes, ConnectionView connection, int port) {
    for (TcpRoute route : routes) {
      if (matches(route, connection, port)) {
        return Optional.of(route);
      }
    }
    return Optional.empty();
  }

  private static boolean matches(TcpRoute route, ConnectionView connection, int port) {
    if (route.matches().isEmpty()) {
      return true;
    }
    for (TcpMatch match : route.matches()) {
      if (matches(match, connection, port)) {
        return true;
      }
    }
    return false;
  }

  /**
   * @param port of the host, which is not the one dialled where a headless service has another
   */
  static boolean matches(TcpMatch match, ConnectionView connection, int port) {
    return (match.port().isEmpty() || match.port().getAsInt() == port)
        && (match.sourceNamespace().isEmpty()
            || match.sourceNamespace().get().equals(connection.clientNamespace()))
        && holdsServerName(match.sniHosts(), connection.sni())
        && holdsAddress(match.destinationSubnets(), connection.originalDestination().getAddress())
        && Matching.holdsAll(match.sourceLabels(), connection.clientLabels());
  }

  private static boolean holdsServerName(List<String> sniHosts, Optional<String> sni) {
    if (sniHosts.isEmpty()) {
      return true;
    }
    if (sni.isEmpty()) {
      return false;
    }
    for (String pattern : sniHosts) {
      if (covers(pattern, sni.get())) {
        return true;
      }
    }
    return false;
  }

  /** {@code *.example.com} covers names below, at any depth, and not {@code example.com} itself. */
  private static boolean covers(String pattern, String name) {
    return pattern.startsWith("*")
        ? name.length() >= pattern.length()
            && name.regionMatches(
                name.length() - pattern.length() + 1, pattern, 1, pattern.length() - 1)
        : pattern.equals(name);
  }

  private static boolean holdsAddress(List<AddressBlock> subnets, InetAddress address) {
    if (subnets.isEmpty()) {
      return true;
    }
    for (AddressBlock subnet : subnets) {
      if (subnet.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
