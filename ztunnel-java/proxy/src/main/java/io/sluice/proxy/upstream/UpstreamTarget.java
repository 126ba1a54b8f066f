package io.sluice.proxy.upstream;

import io.sluice.mesh.service.Cluster;
import io.sluice.proxy.intercept.InterceptedConnection;
import java.util.Objects;

/**
 * Where a request or a TCP connection should go.
 *
 * @param cluster chosen by the route; for inbound the app's own port (discovery
 *     OriginalDestination)
 * @param connection on whose behalf: gives the pod whose namespace the socket is made in, the
 *     original destination, and for inbound the true client that the app must see
 * @param reuse an idle pooled connection may be used, and the connection may go back to the pool
 *     (HTTP); false for TCP. Inbound connections are only reused for the same client address and
 *     port, so that the app sees the true client
 * @param carries what it is for
 */
public record UpstreamTarget(
    Cluster cluster, InterceptedConnection connection, boolean reuse, Carries carries) {
  /** What an upstream connection is for. */
  public enum Carries {
    /** Requests, each looked at. */
    HTTP,
    /** Bytes that are passed on as they are. */
    BYTES
  }

  public UpstreamTarget {
    Objects.requireNonNull(cluster, "cluster");
    Objects.requireNonNull(connection, "connection");
    Objects.requireNonNull(carries, "carries");
  }

  /** What can be used again carries HTTP. */
  public UpstreamTarget(Cluster cluster, InterceptedConnection connection, boolean reuse) {
    this(cluster, connection, reuse, reuse ? Carries.HTTP : Carries.BYTES);
  }
}
