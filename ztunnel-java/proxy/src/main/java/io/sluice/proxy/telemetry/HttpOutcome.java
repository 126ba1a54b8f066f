package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The meters of one edge, code and flag: three histograms. The number of requests is the number of
 * durations, so the two can never disagree.
 */
final class HttpOutcome {
  private static final int DURATION = 0;
  private static final int DURATION_SUM = DURATION + Buckets.COUNT;
  private static final int REQUEST = DURATION_SUM + 1;
  private static final int REQUEST_SUM = REQUEST + Buckets.COUNT;
  private static final int RESPONSE = REQUEST_SUM + 1;
  private static final int RESPONSE_SUM = RESPONSE + Buckets.COUNT;
  private static final int LENGTH = RESPONSE_SUM + 1;

  private final int key;
  private final Labels labels;
  private final Cells cells = new Cells(LENGTH);

  HttpOutcome(int key, Labels labels) {
    this.key = key;
    this.labels = labels;
  }

  int key() {
    return key;
  }

  void add(long durationNanos, long requestBytes, long responseBytes) {
    AtomicLongArray mine = cells.mine();
    mine.getAndAdd(DURATION + Buckets.ofNanos(durationNanos), 1);
    // Microseconds: a sum of nanoseconds overflows after months at a thousand seconds a second.
    mine.getAndAdd(DURATION_SUM, (Math.max(0, durationNanos) + 500) / 1000);
    mine.getAndAdd(REQUEST + Buckets.ofBytes(requestBytes), 1);
    mine.getAndAdd(REQUEST_SUM, Math.max(0, requestBytes));
    mine.getAndAdd(RESPONSE + Buckets.ofBytes(responseBytes), 1);
    mine.getAndAdd(RESPONSE_SUM, Math.max(0, responseBytes));
  }

  Reading read() {
    return new Reading(labels, cells.read());
  }

  /** One look at all of it. */
  record Reading(Labels labels, long[] cells) {
    long requests() {
      long requests = 0;
      for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
        requests += cells[DURATION + bucket];
      }
      return requests;
    }

    Histogram durationMillis() {
      return new Histogram(DURATION, cells[DURATION_SUM] / 1000.0);
    }

    Histogram requestBytes() {
      return new Histogram(REQUEST, cells[REQUEST_SUM]);
    }

    Histogram responseBytes() {
      return new Histogram(RESPONSE, cells[RESPONSE_SUM]);
    }
  }

  /**
   * @param from where its buckets begin
   * @param sum of all values, in the histogram's unit
   */
  record Histogram(int from, double sum) {}
}
