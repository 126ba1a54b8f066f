package io.sluice.proxy.tcp;

import java.time.Duration;

/**
 * Limits of this room.
 *
 * @param reportEvery how often bytes of an open connection are reported, and how late at most its
 *     idle timeout strikes; positive
 * @param bufferLowBytes reading goes on once no more than this waits to be written to the other
 *     side
 * @param bufferHighBytes reading stops once more than this waits; beyond it comes at most one read
 */
public record TcpSettings(Duration reportEvery, int bufferLowBytes, int bufferHighBytes) {

  /** Istio's reporting interval. */
  public static final TcpSettings DEFAULT =
      new TcpSettings(Duration.ofSeconds(5), 64 * 1024, 256 * 1024);

  public TcpSettings {
    if (!reportEvery.isPositive()) {
      throw new IllegalArgumentException("reportEvery: " + reportEvery + " (expected: > 0)");
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
