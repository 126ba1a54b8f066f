package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What is counted of one edge, and whether it still stands in the table.
 *
 * <p>An idle edge leaves in two steps, a scrape and {@link SeriesTable#GRACE} apart:
 *
 * <pre>
 *   LISTED --idle--&gt; MARKED --still idle after the grace--&gt; GONE
 *      ^---- used -----'
 * </pre>
 *
 * so that a thread which found it listed has long finished its adding when it goes, and nothing
 * counted is lost.
 */
abstract sealed class Series permits HttpSeries, TcpSeries {
  private enum State {
    LISTED,
    MARKED,
    GONE
  }

  private final Labels labels;
  private final AtomicReference<State> state = new AtomicReference<>(State.LISTED);

  // Of the sweep only, which is one at a time.
  private long activitySeen = -1;
  private long activitySeenNanos;
  private long markedNanos;

  Series(Labels labels) {
    this.labels = labels;
  }

  /** A number that changes with whatever is counted. */
  abstract long activity();

  /** Whether it must stay although nothing happens. */
  abstract boolean inUse();

  /** What it takes from the budget, the edge's first label set included. */
  abstract int labelSets();

  Labels labels() {
    return labels;
  }

  boolean listed() {
    return state.get() == State.LISTED;
  }

  /** Takes a mark away; false when it is too late. */
  boolean keep() {
    return state.compareAndSet(State.MARKED, State.LISTED) || listed();
  }

  /** One look of the sweep; true when it has just gone and must leave the table. */
  boolean sweep(long nowNanos, long idleNanosMax) {
    long activity = activity();
    if (activity != activitySeen || inUse()) {
      activitySeen = activity;
      activitySeenNanos = nowNanos;
      keep();
      return false;
    }
    if (nowNanos - activitySeenNanos < idleNanosMax) {
      return false;
    }
    if (state.compareAndSet(State.LISTED, State.MARKED)) {
      markedNanos = nowNanos;
      return false;
    }
    return nowNanos - markedNanos >= SeriesTable.GRACE.toNanos()
        && state.compareAndSet(State.MARKED, State.GONE);
  }
}
