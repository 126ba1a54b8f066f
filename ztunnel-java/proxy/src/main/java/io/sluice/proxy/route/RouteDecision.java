package io.sluice.proxy.route;

import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServiceId;
import java.util.Objects;
import java.util.Optional;

/** Where a request goes. */
public sealed interface RouteDecision {
  /** The service that telemetry names; empty: nothing that the mesh knows. */
  Optional<ServiceId> service();

  /** The rule that decided; empty when none did. */
  Optional<HttpRoute> route();

  /** To a cluster. */
  record Forward(Cluster cluster, Optional<ServiceId> service, Optional<HttpRoute> route)
      implements RouteDecision {
    public Forward {
      Objects.requireNonNull(cluster, "cluster");
      Objects.requireNonNull(service, "service");
      Objects.requireNonNull(route, "route");
    }
  }

  /** Nowhere: the rule answers by itself. */
  record Respond(int status, String body, Optional<ServiceId> service, Optional<HttpRoute> route)
      implements RouteDecision {
    public Respond {
      Objects.requireNonNull(body, "body");
      Objects.requireNonNull(service, "service");
      Objects.requireNonNull(route, "route");
    }
  }

  /** Nowhere: the host has rules and none matches. */
  record NoRoute(String host, Optional<ServiceId> service) implements RouteDecision {
    public NoRoute {
      Objects.requireNonNull(host, "host");
      Objects.requireNonNull(service, "service");
    }

    @Override
    public Optional<HttpRoute> route() {
      return Optional.empty();
    }
  }
}
