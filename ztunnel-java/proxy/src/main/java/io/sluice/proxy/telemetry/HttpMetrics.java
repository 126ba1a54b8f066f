package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The HTTP metrics at one scrape. */
final class HttpMetrics {
  private final List<CounterDataPointSnapshot> requests = new ArrayList<>();
  private final List<HistogramDataPointSnapshot> durations = new ArrayList<>();
  private final List<HistogramDataPointSnapshot> requestBytes = new ArrayList<>();
  private final List<HistogramDataPointSnapshot> responseBytes = new ArrayList<>();

  HttpMetrics(Collection<HttpSeries> edges) {
    edges.forEach(edge -> edge.forEach(outcome -> add(outcome.read())));
  }

  private void add(HttpOutcome.Reading now) {
    requests.add(MeshCollector.point(now.requests(), now.labels()));
    durations.add(point(now, now.durationMillis()));
    requestBytes.add(point(now, now.requestBytes()));
    responseBytes.add(point(now, now.responseBytes()));
  }

  private static HistogramDataPointSnapshot point(
      HttpOutcome.Reading now, HttpOutcome.Histogram histogram) {
    return HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(Buckets.snapshot(now.cells(), histogram.from()))
        .sum(histogram.sum())
        .labels(now.labels())
        .build();
  }

  List<MetricSnapshot> metrics() {
    return List.of(
        MeshCollector.counter("istio_requests", "Requests that have ended.", requests),
        histogram(
            "istio_request_duration_milliseconds",
            "Time from a request's first byte to its response's last.",
            durations),
        histogram("istio_request_bytes", "Body bytes of requests.", requestBytes),
        histogram("istio_response_bytes", "Body bytes of responses.", responseBytes));
  }

  private static HistogramSnapshot histogram(
      String name, String help, List<HistogramDataPointSnapshot> points) {
    HistogramSnapshot.Builder histogram = HistogramSnapshot.builder().name(name).help(help);
    points.forEach(histogram::dataPoint);
    return histogram.build();
  }
}
