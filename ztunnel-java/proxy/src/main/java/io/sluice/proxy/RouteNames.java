package io.sluice.proxy;

import io.sluice.mesh.http.HttpRoute;
import io.sluice.proxy.route.RouteDecision;

/** Names a rule so that whoever reads an answer finds it. */
final class RouteNames {
  private RouteNames() {}

  /** {@code 'http[0]' of VirtualService shop/reviews}; empty when no rule decided. */
  static String of(RouteDecision decision) {
    return decision.route().map(RouteNames::of).orElse("");
  }

  private static String of(HttpRoute route) {
    return "'" + route.name() + "' of " + route.origin();
  }
}
