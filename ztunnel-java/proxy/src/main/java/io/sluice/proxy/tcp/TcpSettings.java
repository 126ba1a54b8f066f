package io.sluice.proxy.tcp;

import java.time.Duration;

/**
 * Limits of this room.
 *
 * @param reportEvery how often bytes of an open connection are reported; positive
 * @param idleTimeout a connection on which nothing moved for so long is closed, up to {@code
 *     reportEvery} later; positive
 * @param bufferLowBytes reading goes on once no more than this waits to be written to the other
 *     side
 * @param bufferHighBytes reading stops once more than this waits; beyond it comes at most one read
 */
public record TcpSettings(
    Duration reportEvery, Duration idleTimeout, int bufferLowBytes, int bufferHighBytes) {

  /** Istio's reporting interval, DestinationRule's default idle timeout. */
  public static final TcpSettings DEFAULT =
      new TcpSettings(Duration.ofSeconds(5), Duration.ofHours(1), 64 * 1024, 256 * 1024);

  public TcpSettings {
    if (!reportEvery.isPositive() || !idleTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "reportEvery, idleTimeout: " + reportEvery + ", " + idleTimeout + " (expected: > 0)");
    }
    if (bufferLowBytes < 0 || bufferHighBytes < bufferLowBytes) {
      throw new IllegalArgumentException(
          "bufferLowBytes, bufferHighBytes: "
              + bufferLowBytes
              + ", "
              + bufferHighBytes
              + " (expected: 0 <= low <= high)");
    }
  }
}
