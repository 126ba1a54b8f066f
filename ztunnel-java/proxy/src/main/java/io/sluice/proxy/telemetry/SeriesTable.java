package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All edges of one protocol, by their label values: two replicas of a deployment are one edge. Any
 * thread; the sweep is called by one at a time.
 */
final class SeriesTable<S extends Series> {
  /** How long a marked series stays, so that who found it listed has finished. */
  static final Duration GRACE = Duration.ofSeconds(30);

  private final ConcurrentHashMap<Labels, S> byLabels = new ConcurrentHashMap<>();
  private final Function<Labels, S> maker;
  private final SeriesBudget budget;
  private final long idleNanosMax;

  SeriesTable(Function<Labels, S> maker, SeriesBudget budget, Duration idleMax) {
    this.maker = maker;
    this.budget = budget;
    this.idleNanosMax = idleMax.toNanos();
  }

  /** The edge's series, made if there is none; null when the budget is used up. */
  @Nullable S obtain(Labels labels) {
    S series = byLabels.get(labels);
    if (series != null && series.keep()) {
      return series;
    }
    // Compute locks a bin for a moment: not to be had by a flood of edges that do not fit anyway.
    return series == null && budget.isUsedUp() ? null : byLabels.compute(labels, this::keepOrMake);
  }

  private @Nullable S keepOrMake(Labels labels, @Nullable S present) {
    if (present != null && present.keep()) {
      return present;
    }
    return budget.take() ? maker.apply(labels) : null;
  }

  /** Live; may miss what is added meanwhile. */
  Collection<S> all() {
    return byLabels.values();
  }

  /** Drops what has been idle for too long. */
  void sweep(long nowNanos) {
    for (S series : byLabels.values()) {
      byLabels.computeIfPresent(
          series.labels(), (labels, present) -> dropped(present, nowNanos) ? null : present);
    }
  }

  private boolean dropped(S series, long nowNanos) {
    if (!series.sweep(nowNanos, idleNanosMax)) {
      return false;
    }
    budget.giveBack(series.labelSets());
    return true;
  }
}
