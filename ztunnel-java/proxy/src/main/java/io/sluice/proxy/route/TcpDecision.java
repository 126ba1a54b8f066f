package io.sluice.proxy.route;

import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.tcp.TcpRoute;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a connection goes that is not HTTP.
 *
 * @param service that telemetry names; empty: nothing that the mesh knows
 * @param route the rule that decided; empty when none did
 */
public record TcpDecision(Cluster cluster, Optional<ServiceId> service, Optional<TcpRoute> route) {
  public TcpDecision {
    Objects.requireNonNull(cluster, "cluster");
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(route, "route");
  }
}
