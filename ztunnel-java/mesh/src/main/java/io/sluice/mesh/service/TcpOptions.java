package io.sluice.mesh.service;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How the connections to a cluster are kept (DestinationRule {@code connectionPool.tcp}).
 *
 * @param idleTimeout an opaque connection on which nothing moved for so long is closed; empty:
 *     never
 * @param keepalive probes of the upstream connection; empty: the proxy's own
 */
public record TcpOptions(Optional<Duration> idleTimeout, Optional<Keepalive> keepalive) {
  /** What holds where no DestinationRule says otherwise: Istio's idle timeout, 1 h. */
  public static final TcpOptions DEFAULT =
      new TcpOptions(Optional.of(Duration.ofHours(1)), Optional.empty());

  public TcpOptions {
    Objects.requireNonNull(idleTimeout, "idleTimeout");
    if (idleTimeout.isPresent() && !idleTimeout.get().isPositive()) {
      throw new IllegalArgumentException(
          "idleTimeout: " + idleTimeout.get() + " (expected: > 0, or empty for never)");
    }
    Objects.requireNonNull(keepalive, "keepalive");
  }

  /**
   * TCP keepalive, see tcp(7).
   *
   * @param time of silence before the first probe, whole seconds, ≥ 1
   * @param interval between probes, whole seconds, ≥ 1
   * @param probes unanswered before the connection is dead, 1..127
   */
  public record Keepalive(Duration time, Duration interval, int probes) {
    /**
     * Unless told otherwise: a probe each minute of silence, and one every 20 s when none is
     * answered. An app's own keepalive ends at the proxy, so this has to do for all of them: the
     * shortest idle limit of the usual load balancers and NATs is 4 min, so two probes may get lost
     * on the way; a peer that vanished is given up after 160 s. The kernel's own default begins
     * after two hours.
     */
    public static final Keepalive DEFAULT =
        new Keepalive(Duration.ofSeconds(60), Duration.ofSeconds(20), 5);

    /** The kernel's own, which a DestinationRule asks for by what it leaves out. */
    public static final Keepalive LINUX =
        new Keepalive(Duration.ofHours(2), Duration.ofSeconds(75), 9);

    public static final int PROBES_MAX = 127;

    public Keepalive {
      if (time.toSeconds() < 1 || interval.toSeconds() < 1 || probes < 1 || probes > PROBES_MAX) {
        throw new IllegalArgumentException(
            "time, interval, probes: "
                + time
                + ", "
                + interval
                + ", "
                + probes
                + " (expected: >= 1 s, >= 1 s, 1..127)");
      }
    }
  }
}
