package io.sluice.config.resource;

import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.TcpOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to talk to endpoints; what is absent was not said.
 *
 * @param tcp {@code connectionPool}; where it is there it replaces another as a whole, as in Istio
 * @param ports settings of single ports, which replace the others as a whole; they have no {@code
 *     ports} themselves
 */
public record TrafficPolicy(
    Optional<LoadBalancer> loadBalancer,
    Optional<TcpPool> tcp,
    Optional<Tls> tls,
    Map<Integer, TrafficPolicy> ports) {
  /** Nothing was said. */
  public static final TrafficPolicy NONE =
      new TrafficPolicy(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

  public TrafficPolicy {
    ports = Map.copyOf(ports);
  }

  /** The settings of one port: its own as a whole, or the general ones. */
  public TrafficPolicy forPort(int port) {
    TrafficPolicy own = ports.get(port);
    return own != null ? own : new TrafficPolicy(loadBalancer, tcp, tls, Map.of());
  }

  /** A subset's settings of one port over these (which are of that port already). */
  public TrafficPolicy overlay(TrafficPolicy subset, int port) {
    TrafficPolicy own = subset.ports.get(port);
    if (own != null) {
      return own;
    }
    return new TrafficPolicy(
        subset.loadBalancer.or(() -> loadBalancer),
        subset.tcp.or(() -> tcp),
        subset.tls.or(() -> tls),
        Map.of());
  }

  /**
   * What {@code connectionPool.tcp} says; what is absent was not said.
   *
   * @param idleTimeout zero: never
   */
  public record TcpPool(
      Optional<Duration> connectTimeout,
      Optional<Duration> idleTimeout,
      Optional<TcpOptions.Keepalive> keepalive) {}

  /** What is said about TLS. */
  public sealed interface Tls {
    /** {@code DISABLE}. */
    record Off() implements Tls {}

    /**
     * {@code SIMPLE}.
     *
     * @param sni empty: the host that is called
     * @param subjectAltNames empty: the server name
     */
    record Simple(
        Optional<String> sni,
        List<String> subjectAltNames,
        Optional<String> caCertificates,
        boolean insecureSkipVerify)
        implements Tls {
      public Simple {
        subjectAltNames = List.copyOf(subjectAltNames);
      }
    }
  }
}
