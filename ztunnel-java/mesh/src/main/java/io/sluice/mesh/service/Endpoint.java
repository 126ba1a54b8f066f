package io.sluice.mesh.service;

import io.sluice.mesh.workload.Workload;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * One address and port behind a cluster.
 *
 * @param address resolved, never unresolved
 * @param workload the pod behind it, where it is known
 */
public record Endpoint(InetSocketAddress address, Optional<Workload> workload) {
  public Endpoint {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("address: " + address + " (expected: a resolved address)");
    }
    Objects.requireNonNull(workload, "workload");
  }
}
