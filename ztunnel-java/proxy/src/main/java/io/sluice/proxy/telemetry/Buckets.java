package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import java.util.Arrays;

/** The histogram buckets that the contract names, for milliseconds and bytes alike. */
final class Buckets {
  private static final double[] UPPER_BOUNDS = {
    0.5,
    1,
    5,
    10,
    25,
    50,
    100,
    250,
    500,
    1000,
    2500,
    5000,
    10_000,
    30_000,
    60_000,
    300_000,
    600_000,
    1_800_000,
    3_600_000,
    Double.POSITIVE_INFINITY
  };

  /** With the one for all that is larger. */
  static final int COUNT = UPPER_BOUNDS.length;

  private static final long[] UPPER_NANOS = finiteBounds(1_000_000);
  private static final long[] UPPER_BYTES = finiteBounds(1);

  private Buckets() {}

  /** The bucket that a duration belongs to. */
  static int ofNanos(long nanos) {
    return index(UPPER_NANOS, nanos);
  }

  /** The bucket that a size belongs to. */
  static int ofBytes(long bytes) {
    return index(UPPER_BYTES, bytes);
  }

  /**
   * @param counts not cumulated; {@link #COUNT} of them start at {@code from}
   */
  static ClassicHistogramBuckets snapshot(long[] counts, int from) {
    return ClassicHistogramBuckets.of(UPPER_BOUNDS, Arrays.copyOfRange(counts, from, from + COUNT));
  }

  /** Whole numbers compare as the fractions do: what is ≤ 0.5 bytes is 0 bytes. */
  private static long[] finiteBounds(int perUnit) {
    long[] bounds = new long[COUNT - 1];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = (long) Math.floor(UPPER_BOUNDS[i] * perUnit);
    }
    return bounds;
  }

  private static int index(long[] upperBounds, long value) {
    int low = 0;
    int high = upperBounds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (value <= upperBounds[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
