package io.sluice.proxy.upstream;

import io.sluice.proxy.transport.Transport;
import java.time.Duration;
import java.util.Objects;

/**
 * Limits and choices of this room, for the whole proxy.
 *
 * @param transport of the event loops
 * @param idlePerEndpointMax idle HTTP connections kept per pod, cluster, endpoint and loop; beyond
 *     it a returned one is closed
 * @param idlePerLoopMax idle HTTP connections kept on one loop in all; beyond it a returned one is
 *     closed
 * @param idleTimeout after which an idle connection is closed, up to a quarter later; positive
 * @param connectTriesMax endpoints dialled for one wish before it fails, ≥ 1
 * @param dns how names are resolved
 * @param tls how TLS is spoken
 */
public record UpstreamSettings(
    Transport transport,
    int idlePerEndpointMax,
    int idlePerLoopMax,
    Duration idleTimeout,
    int connectTriesMax,
    DnsSettings dns,
    TlsSettings tls) {

  public UpstreamSettings {
    Objects.requireNonNull(transport, "transport");
    atLeast("idlePerEndpointMax", idlePerEndpointMax, 0);
    atLeast("idlePerLoopMax", idlePerLoopMax, 0);
    positive("idleTimeout", idleTimeout);
    atLeast("connectTriesMax", connectTriesMax, 1);
    Objects.requireNonNull(dns, "dns");
    Objects.requireNonNull(tls, "tls");
  }

  /** What the agent uses unless told otherwise; the idle timeout is DestinationRule's default. */
  public static UpstreamSettings defaults(Transport transport) {
    return new UpstreamSettings(
        transport, 100, 4096, Duration.ofHours(1), 3, DnsSettings.DEFAULT, TlsSettings.DEFAULT);
  }

  static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
    }
  }

  static void positive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
