package io.sluice.agent.view;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The latest lags of one loop. Written by the loop, read by any thread: a loop that is stuck right
 * now shows too, by how long it is overdue.
 */
final class LagWindow {
  /** Between two probes. */
  static final Duration PERIOD = Duration.ofMillis(500);

  /** Probes that are remembered: longer than the usual 15 s between two scrapes. */
  static final int PROBES = 40;

  private final AtomicLongArray lags = new AtomicLongArray(PROBES);
  private volatile long dueNanos;
  private int next; // of the loop only

  LagWindow(long nowNanos) {
    dueNanos = nowNanos + PERIOD.toNanos();
  }

  /** The probe has run; the next one is due a period later. */
  void fired(long nowNanos) {
    lags.set(next, Math.max(0, nowNanos - dueNanos));
    next = (next + 1) % PROBES;
    dueNanos = nowNanos + PERIOD.toNanos();
  }

  /** The largest lag of the window in nanoseconds, ≥ 0. */
  long worst(long nowNanos) {
    long worst = Math.max(0, nowNanos - dueNanos);
    for (int i = 0; i < PROBES; i++) {
      worst = Math.max(worst, lags.get(i));
    }
    return worst;
  }
}
