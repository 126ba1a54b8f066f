package io.sluice.proxy.telemetry;

import java.time.Duration;

/**
 * Bounds what the meters may take.
 *
 * @param labelSetsMax label sets over all edges, 1..1,000,000: one for each edge and, for HTTP, for
 *     each further (code, flag). An HTTP label set gives 67 sample lines at each scrape. Beyond it
 *     nothing new is counted but {@code sluice_telemetry_series_overflow_total}
 * @param idleMax an edge without traffic for so long is dropped, ≥ 1 s; it begins at 0 when it
 *     comes back
 */
public record TelemetryLimits(int labelSetsMax, Duration idleMax) {
  /** Room for some 270,000 sample lines and about 10 MB of counters. */
  public static final TelemetryLimits DEFAULT = new TelemetryLimits(4096, Duration.ofHours(1));

  public TelemetryLimits {
    if (labelSetsMax < 1 || labelSetsMax > 1_000_000) {
      throw new IllegalArgumentException(
          "labelSetsMax: " + labelSetsMax + " (expected: 1..1000000)");
    }
    if (idleMax.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("idleMax: " + idleMax + " (expected: >= 1 s)");
    }
  }
}
