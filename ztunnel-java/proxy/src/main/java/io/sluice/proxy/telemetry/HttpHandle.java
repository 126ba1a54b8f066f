package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;
import io.sluice.proxy.fault.ResponseFlag;

/** An HTTP edge as the proxy holds it. */
final class HttpHandle extends Handle<HttpSeries> implements MeshTelemetry.HttpEdge {
  HttpHandle(SeriesTable<HttpSeries> table, Labels labels, SeriesBudget budget) {
    super(table, labels, budget);
  }

  @Override
  public void finished(
      int responseCode,
      ResponseFlag flag,
      long durationNanos,
      long requestBytes,
      long responseBytes) {
    HttpSeries series = series();
    HttpOutcome outcome = series == null ? null : series.outcome(responseCode, flag);
    if (outcome == null) {
      overflowed();
    } else {
      outcome.add(durationNanos, requestBytes, responseBytes);
    }
  }
}
