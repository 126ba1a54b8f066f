package io.sluice.proxy.http;

import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServiceId;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.resilience.Deadline;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** What is to be done with one request, as the rooms before have decided. */
public sealed interface HttpPlan {
  /** The service that telemetry names; empty: nothing that the mesh knows. */
  Optional<ServiceId> service();

  /**
   * Send it on.
   *
   * @param route name and origin of the rule, for messages: most requests need none; empty when
   *     none decided
   * @param deadline of the whole exchange
   */
  record Forward(
      Cluster cluster,
      Optional<ServiceId> service,
      Supplier<String> route,
      Optional<Deadline> deadline)
      implements HttpPlan {
    public Forward {
      Objects.requireNonNull(cluster, "cluster");
      Objects.requireNonNull(service, "service");
      Objects.requireNonNull(route, "route");
      Objects.requireNonNull(deadline, "deadline");
    }
  }

  /** Refuse it. */
  record Refuse(Failure failure, Optional<ServiceId> service) implements HttpPlan {
    public Refuse {
      Objects.requireNonNull(failure, "failure");
      Objects.requireNonNull(service, "service");
    }
  }
}
