package io.sluice.config.translate;

import io.sluice.config.resource.TrafficPolicy.TcpPool;
import io.sluice.mesh.service.TcpOptions.Keepalive;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code connectionPool} of a trafficPolicy. */
final class TcpPools {
  private static final Duration SECONDS_MAX = Duration.ofSeconds(32_767);

  private TcpPools() {}

  static Optional<TcpPool> read(Fields pool) {
    pool.notSupported("http");
    Fields tcp = pool.object("tcp");
    pool.done();
    Optional<Duration> connectTimeout = Durations.read(tcp, "connectTimeout");
    Optional<Duration> idleTimeout = Durations.readOrZero(tcp, "idleTimeout");
    Optional<Keepalive> keepalive = keepalive(tcp.object("tcpKeepalive"));
    tcp.notSupported("maxConnections", "maxConnectionDuration");
    tcp.done();
    return pool.isPresent()
        ? Optional.of(new TcpPool(connectTimeout, idleTimeout, keepalive))
        : Optional.empty();
  }

  /** What is not said is Linux's, as in Istio; an empty object asks for that. */
  private static Optional<Keepalive> keepalive(Fields fields) {
    Optional<Duration> time = seconds(fields, "time");
    Optional<Duration> interval = seconds(fields, "interval");
    OptionalInt probes = fields.integer("probes", 0, Keepalive.PROBES_MAX);
    fields.done();
    return fields.isPresent()
        ? Optional.of(
            new Keepalive(
                time.orElse(Keepalive.LINUX.time()),
                interval.orElse(Keepalive.LINUX.interval()),
                probes.orElse(0) == 0 ? Keepalive.LINUX.probes() : probes.getAsInt()))
        : Optional.empty();
  }

  private static Optional<Duration> seconds(Fields fields, String name) {
    Optional<Duration> duration = Durations.read(fields, name);
    if (duration.isPresent() && duration.get().toSeconds() < 1) {
      fields.error(name, "at least 1s");
      return Optional.empty();
    }
    if (duration.isPresent() && duration.get().compareTo(SECONDS_MAX) > 0) {
      fields.warn(name, "at most " + SECONDS_MAX.toSeconds() + "s: Linux takes no more");
      return Optional.of(SECONDS_MAX);
    }
    if (duration.isPresent() && duration.get().toNanosPart() != 0) {
      fields.warn(name, "whole seconds: the fraction is dropped");
    }
    return duration.map(found -> Duration.ofSeconds(found.toSeconds()));
  }
}
