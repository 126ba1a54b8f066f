package io.sluice.proxy.upstream;

import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.intercept.InterceptedConnection;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What must be equal for a connection to serve another request of the same pod.
 *
 * @param cluster outbound: whose; inbound: empty, the address says all
 * @param tls outbound: how it is secured; inbound: always in the clear
 * @param endpoint where it leads
 * @param client inbound: whom the app sees
 */
record PoolKey(
    Optional<ClusterId> cluster,
    Optional<UpstreamTls> tls,
    InetSocketAddress endpoint,
    Optional<InetSocketAddress> client) {

  static PoolKey of(Cluster cluster, InterceptedConnection connection, InetSocketAddress endpoint) {
    return connection.direction() == Direction.INBOUND
        ? inbound(connection)
        : new PoolKey(Optional.of(cluster.id()), cluster.tls(), endpoint, Optional.empty());
  }

  /** An inbound connection leads to the address that was dialled, and serves one client. */
  static PoolKey inbound(InterceptedConnection connection) {
    return new PoolKey(
        Optional.empty(),
        Optional.empty(),
        connection.originalDestination(),
        Optional.of(connection.client()));
  }
}
