package io.sluice.proxy.route;

import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.TcpOptions;
import java.util.Optional;

/**
 * The two clusters that no resource declares. Both lead to the original destination. No
 * DestinationRule could say how long their connections may be silent, so none ends for that: apps
 * that are connected without a mesh stay so.
 */
public final class WellKnownClusters {
  /** For what the mesh does not know (outboundTrafficPolicy ALLOW_ANY). */
  public static final Cluster PASSTHROUGH = originalDestination("PassthroughCluster");

  /** The pod's own app. */
  public static final Cluster INBOUND = originalDestination("InboundCluster");

  private WellKnownClusters() {}

  private static Cluster originalDestination(String name) {
    return new Cluster(
        new ClusterId(name, 0, ""),
        new ServiceId(name, name, "unknown"),
        new Discovery.OriginalDestination(),
        LoadBalancer.RANDOM,
        Cluster.DEFAULT_CONNECT_TIMEOUT,
        Optional.empty(),
        new TcpOptions(Optional.empty(), Optional.empty()));
  }
}
