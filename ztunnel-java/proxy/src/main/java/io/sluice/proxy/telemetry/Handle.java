package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;
import org.jspecify.annotations.Nullable;

/**
 * What callers hold of an edge, for as long as they like: it finds the series anew when the one
 * that it knew was dropped for idleness or had not fitted. Any thread.
 */
abstract sealed class Handle<S extends Series> permits HttpHandle, TcpHandle {
  private final SeriesTable<S> table;
  private final Labels labels;
  private final SeriesBudget budget;
  private volatile @Nullable S known;

  Handle(SeriesTable<S> table, Labels labels, SeriesBudget budget) {
    this.table = table;
    this.labels = labels;
    this.budget = budget;
  }

  /** Where to count; null when nothing fits any more. */
  final @Nullable S series() {
    S series = known;
    return series != null && series.listed() ? series : find();
  }

  private @Nullable S find() {
    S series = table.obtain(labels);
    known = series;
    return series;
  }

  final void overflowed() {
    budget.overflowed();
  }
}
