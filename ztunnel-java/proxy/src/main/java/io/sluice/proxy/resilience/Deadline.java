package io.sluice.proxy.resilience;

import java.time.Duration;
import java.util.Objects;

/**
 * When an exchange must be over, all attempts included.
 *
 * @param startNanos the clock's reading at the request's first byte
 * @param limit positive
 */
public record Deadline(long startNanos, Duration limit) {
  public Deadline {
    Objects.requireNonNull(limit, "limit");
    if (!limit.isPositive()) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: > 0)");
    }
  }

  /** What is left; 0 when it is over. The clock may wrap around, as {@code System.nanoTime} may. */
  public long remainingNanos(long nowNanos) {
    return Math.max(0, limitNanos() - (nowNanos - startNanos));
  }

  private long limitNanos() {
    // 292 years are as good as for ever.
    return limit.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0
        ? Long.MAX_VALUE
        : limit.toNanos();
  }
}
