package io.sluice.proxy.telemetry;

import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.workload.Workload;
import java.util.Objects;
import java.util.Optional;

/**
 * Who calls whom, as the labels of a series say it.
 *
 * @param reporter which side counts
 * @param source the caller, where it is known
 * @param destination the called workload, where it is known; empty for what is outside the mesh and
 *     for requests that reached none
 * @param service the called service; empty: {@code PassthroughCluster}
 */
public record Edge(
    Reporter reporter,
    Optional<Workload> source,
    Optional<Workload> destination,
    Optional<ServiceId> service) {
  public Edge {
    Objects.requireNonNull(reporter, "reporter");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(destination, "destination");
    Objects.requireNonNull(service, "service");
  }
}
