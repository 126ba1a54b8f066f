package io.sluice.mesh.service;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The set of endpoints behind a host, subset and port, and how to talk to them.
 *
 * @param id its name; pools and breakers are keyed by it, so they outlive a new table
 * @param service for telemetry
 * @param discovery where the endpoints come from
 * @param loadBalancer how one is chosen
 * @param connectTimeout for one connection, TLS handshake included; positive (default 10 s)
 * @param tls present when the proxy originates TLS
 * @param tcp how its connections are kept
 */
public record Cluster(
    ClusterId id,
    ServiceId service,
    Discovery discovery,
    LoadBalancer loadBalancer,
    Duration connectTimeout,
    Optional<UpstreamTls> tls,
    TcpOptions tcp) {
  /** DestinationRule's default {@code connectTimeout}. */
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

  public Cluster {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(discovery, "discovery");
    Objects.requireNonNull(loadBalancer, "loadBalancer");
    if (!connectTimeout.isPositive()) {
      throw new IllegalArgumentException("connectTimeout: " + connectTimeout + " (expected: > 0)");
    }
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(tcp, "tcp");
  }

  /** With {@link TcpOptions#DEFAULT}. */
  public Cluster(
      ClusterId id,
      ServiceId service,
      Discovery discovery,
      LoadBalancer loadBalancer,
      Duration connectTimeout,
      Optional<UpstreamTls> tls) {
    this(id, service, discovery, loadBalancer, connectTimeout, tls, TcpOptions.DEFAULT);
  }
}
